//! Tables `product` and `staff`: whole rows as documents, because only terminals search them.

use mostrador_protocol::row::{Product, Staff};

use super::column::Param;
use super::session::{Connection, Transaction};
use super::{Answer, column};

pub(super) fn products(conn: &dyn Connection, tenant: &str) -> Answer<Vec<Product>> {
    let sql = "select document from product where tenant_id = ?1 order by product_id";
    column::rows(conn, "reading products", (sql, &[&tenant]), |row| {
        column::document(row, 0)
    })
}

pub(super) fn put_product(tx: &dyn Transaction, tenant: &str, product: &Product) -> Answer<()> {
    let sql = "insert into product (tenant_id, product_id, document) values (?1, ?2, ?3)
               on conflict (tenant_id, product_id) do update set document = excluded.document";
    let document = column::json("a product", product)?;
    let values: [&dyn Param; 3] = [&tenant, &product.id, &document];
    column::send(tx, "writing a product", (sql, &values))
}

pub(super) fn staff(conn: &dyn Connection, tenant: &str) -> Answer<Vec<Staff>> {
    let sql = "select document from staff where tenant_id = ?1 order by staff_id";
    column::rows(conn, "reading staff", (sql, &[&tenant]), |row| {
        column::document(row, 0)
    })
}

pub(super) fn put_staff(tx: &dyn Transaction, tenant: &str, person: &Staff) -> Answer<()> {
    let sql = "insert into staff (tenant_id, staff_id, document) values (?1, ?2, ?3)
               on conflict (tenant_id, staff_id) do update set document = excluded.document";
    let document = column::json("a person of the staff", person)?;
    let values: [&dyn Param; 3] = [&tenant, &person.id.to_string(), &document];
    column::send(tx, "writing staff", (sql, &values))
}
