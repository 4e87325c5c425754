//! The two demo tenants, from their fixtures, through the same doors as everybody's data.

use std::path::{Path, PathBuf};

use crate::import::{Import, Subject, Summary, import};
use crate::mint::Mint;
use crate::store::Store;
use crate::terminal::{Shop, Tenant};
use crate::{Error, publish, read_program};

/// A demo tenant: slug and stores (slug, name). Its folder below the fixtures has the same slug.
#[derive(Debug, Clone, Copy)]
pub struct DemoTenant {
    /// Slug.
    pub id: &'static str,
    /// Slug and name of each store.
    pub shops: &'static [(&'static str, &'static str)],
}

/// Those that ship.
pub const TENANTS: [DemoTenant; 2] = [
    DemoTenant {
        id: "cafe-vt",
        shops: &[("centro", "Centro"), ("norte", "Norte")],
    },
    DemoTenant {
        id: "livex",
        shops: &[("cartagena", "Cartagena"), ("bogota", "Bogotá")],
    },
];

/// What was prepared of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    /// Its slug.
    pub tenant: &'static str,
    /// The program in force.
    pub version: u32,
    /// What became of products, customers and staff.
    pub imports: Vec<(&'static str, Summary)>,
}

/// Creates both demo tenants, or what is missing of them.
///
/// A program that is in force already, in this or a later version, stays.
///
/// # Errors
/// [`Error::FixtureMissing`], or what publishing and importing say.
pub async fn prepare<S: Store>(
    store: &S,
    mint: &Mint,
    fixtures: &Path,
) -> Result<Vec<Prepared>, Error> {
    let mut prepared = Vec::new();
    for demo in TENANTS {
        prepared.push(prepare_tenant(store, mint, (demo, &fixtures.join(demo.id))).await?);
    }
    Ok(prepared)
}

async fn prepare_tenant<S: Store>(
    store: &S,
    mint: &Mint,
    (demo, folder): (DemoTenant, &Path),
) -> Result<Prepared, Error> {
    let program = read_program(&fixture(folder, "program.toml")?)?;
    let tenant = Tenant {
        id: demo.id.to_owned(),
        name: program.name.clone(),
    };
    there_already(store.add_tenant(tenant, mint.now_ms()).await)?;
    for (id, name) in demo.shops {
        let shop = Shop {
            tenant: demo.id.to_owned(),
            id: (*id).to_owned(),
            name: (*name).to_owned(),
        };
        there_already(store.add_shop(shop, mint.now_ms()).await)?;
    }
    let in_force = store.program(demo.id).await?.map(|program| program.version);
    let version = in_force.unwrap_or(0).max(program.version);
    if in_force.is_none_or(|known| known < program.version) {
        publish(store, mint, demo.id, program).await?;
    }
    let files = [
        ("products", "products.csv", Subject::Products),
        ("customers", "customers.csv", Subject::Customers),
        ("staff", "staff.csv", Subject::Staff),
    ];
    let mut imports = Vec::new();
    for (name, file, subject) in files {
        let file = fixture(folder, file)?;
        let one = Import {
            tenant: demo.id,
            subject,
            file: &file,
            rejects: None,
            dry_run: false,
        };
        imports.push((name, import(store, mint, one).await?));
    }
    Ok(Prepared {
        tenant: demo.id,
        version,
        imports,
    })
}

fn fixture(folder: &Path, name: &str) -> Result<PathBuf, Error> {
    let path = folder.join(name);
    if path.is_file() {
        Ok(path)
    } else {
        Err(Error::FixtureMissing(path))
    }
}

fn there_already(added: Result<(), Error>) -> Result<(), Error> {
    match added {
        Err(Error::Exists { .. }) => Ok(()),
        other => other,
    }
}
