//! Data of one's own from CSV files: customers, products, staff, codes.
//!
//! A row that cannot be taken goes unchanged to the rejects file, behind its line number and the
//! reason; the others are taken. Importing the same file again changes nothing. A dry run reads,
//! matches and rejects in the same way, and writes nothing but the rejects file. That file can be
//! corrected and imported itself.
//!
//! Which row is whom: a customer is found by `id`, else by `card`, else by `phone`; a product by `id`
//! (its `sku` when there is no such column); a person of the staff by name and store; a code by its
//! text. An empty cell of a known customer changes nothing.

mod codes;
mod customers;
mod field;
mod line;
mod products;
mod reject;
mod staff;
mod table;

use std::path::Path;

use mostrador_protocol::row::Row;

use self::reject::Reject;
use self::table::Table;
use crate::Error;
use crate::mint::Mint;
use crate::store::Store;

/// Rows of one transaction: small enough that tills push in between.
const CHUNK_ROWS: usize = 500;

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// `id?,name,phone,email,birthday,card,document,marketing_consent`
    Customers,
    /// `id?,sku,barcode,name,price,categories,partner,floor,discountable,earns_points`
    Products,
    /// `name,role,store,pin`
    Staff,
    /// `text,kind,benefit,value,...`
    Codes,
}

/// A file and what to do with it.
#[derive(Debug, Clone, Copy)]
pub struct Import<'a> {
    /// Whose data.
    pub tenant: &'a str,
    /// What it holds.
    pub subject: Subject,
    /// The file.
    pub file: &'a Path,
    /// Where rejected rows go; nowhere when not given.
    pub rejects: Option<&'a Path>,
    /// Whether to change nothing.
    pub dry_run: bool,
}

/// What became of the rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Rows below the header.
    pub rows: usize,
    /// New.
    pub added: usize,
    /// Known and now different.
    pub changed: usize,
    /// Known and the same.
    pub unchanged: usize,
    /// Line and reason of each row that was not taken.
    pub rejected: Vec<(u64, String)>,
}

/// What a row does to what is there.
#[derive(Debug)]
enum Change<T> {
    Added(T),
    Changed(T),
    Unchanged,
}

/// Rows to write, what became of all, and those that were refused.
#[derive(Debug)]
struct Plan<T> {
    write: Vec<T>,
    summary: Summary,
    rejects: Vec<Reject>,
}

impl<T> Plan<T> {
    /// Reads each row of the table in order.
    fn of(
        table: &Table,
        mut read: impl FnMut(&table::Fields<'_>) -> Result<Change<T>, String>,
    ) -> Self {
        let mut plan = Self {
            write: Vec::new(),
            summary: Summary::default(),
            rejects: Vec::new(),
        };
        for row in table.rows() {
            plan.summary.rows += 1;
            match table.fields(row).and_then(|fields| read(&fields)) {
                Ok(Change::Added(value)) => {
                    plan.summary.added += 1;
                    plan.write.push(value);
                }
                Ok(Change::Changed(value)) => {
                    plan.summary.changed += 1;
                    plan.write.push(value);
                }
                Ok(Change::Unchanged) => plan.summary.unchanged += 1,
                Err(reason) => {
                    plan.summary.rejected.push((row.line, reason.clone()));
                    plan.rejects.push(Reject::new(row, reason));
                }
            }
        }
        plan
    }
}

/// Imports a file, see the [module](self).
///
/// # Errors
/// [`Error::Import`] when the file as a whole is not what was announced; a bad row is no error.
pub async fn import<S: Store>(
    store: &S,
    mint: &Mint,
    import: Import<'_>,
) -> Result<Summary, Error> {
    refuse_own_rejects(&import)?;
    let table = |columns| Table::read(import.file, columns);
    let mut program = None;
    let (rows, summary, rejects, table) = match import.subject {
        Subject::Customers => {
            let table = table(&customers::COLUMNS)?;
            let known = store.customers(import.tenant).await?;
            let plan = customers::plan(&table, known, mint)?;
            (plan.write, plan.summary, plan.rejects, table)
        }
        Subject::Products => {
            let table = table(&products::COLUMNS)?;
            let program = store.program(import.tenant).await?;
            let program = program.ok_or_else(|| Error::NoProgram(import.tenant.to_owned()))?;
            let known = store.products(import.tenant).await?;
            let plan = products::plan(&table, known, &program)?;
            (plan.write, plan.summary, plan.rejects, table)
        }
        Subject::Staff => {
            let table = table(&staff::COLUMNS)?;
            let demo = store
                .program(import.tenant)
                .await?
                .is_some_and(|program| program.demo);
            let shops = store.shops(import.tenant).await?;
            let known = store.staff(import.tenant).await?;
            let plan = staff::plan(&table, known, &staff::House { shops, demo }, mint)?;
            (plan.write, plan.summary, plan.rejects, table)
        }
        Subject::Codes => {
            let table = table(&codes::COLUMNS)?;
            let in_force = store.program(import.tenant).await?;
            let in_force = in_force.ok_or_else(|| Error::NoProgram(import.tenant.to_owned()))?;
            let (plan, next) = codes::plan(&table, in_force)?;
            program = Some(next).filter(|_| !plan.write.is_empty());
            (Vec::new(), plan.summary, plan.rejects, table)
        }
    };
    // Rejected rows first: when they cannot be kept, nothing is taken.
    if let Some(path) = import.rejects {
        reject::write(path, &table, &rejects)?;
    }
    if !import.dry_run {
        write(store, import.tenant, rows).await?;
        if let Some(program) = program {
            crate::publish(store, mint, import.tenant, program).await?;
        }
    }
    Ok(summary)
}

/// The rejects must not overwrite the file that they come from.
fn refuse_own_rejects(import: &Import<'_>) -> Result<(), Error> {
    let place = |path: &Path| std::fs::canonicalize(path).ok();
    let rejects = import.rejects.and_then(place);
    if rejects.is_none() || rejects != place(import.file) {
        return Ok(());
    }
    Err(Error::Import {
        path: import.file.to_owned(),
        what: "the rejected rows would overwrite the file itself".to_owned(),
        remedy: "name another file after --rejects".to_owned(),
    })
}

async fn write<S: Store>(store: &S, tenant: &str, rows: Vec<Row>) -> Result<(), Error> {
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let chunk = rows.by_ref().take(CHUNK_ROWS).collect();
        store.put(tenant, chunk).await?;
    }
    Ok(())
}
