//! The generated customers of the demo tenants.
//!
//! Nobody in them exists: names are drawn from lists, phones have prefixes that no operator uses,
//! e-mails end in domains that are reserved for examples. Some people are registered twice and some
//! have names that sound like another's, because a search has to cope with both.

mod customer;
mod people;

use std::fs;
use std::path::PathBuf;

use crate::error::Error;
use crate::workspace;

/// How many customers each tenant has.
const CUSTOMERS: usize = 2000;

/// Writes the files.
pub(crate) fn write() -> Result<(), Error> {
    for (path, text) in files() {
        fs::write(&path, text).map_err(Error::file(&path))?;
        println!("wrote {}", path.display());
    }
    Ok(())
}

/// Compares the files with what would be written.
pub(crate) fn check() -> Result<(), Error> {
    let mut broken = Vec::new();
    for (path, text) in files() {
        let found = fs::read_to_string(&path).map_err(Error::file(&path))?;
        if found != text {
            broken.push(format!(
                "{} is not what the generator writes: run `cargo xtask fixtures`",
                path.display()
            ));
        }
    }
    if broken.is_empty() {
        println!("generated customers are current");
        return Ok(());
    }
    Err(Error::Rules(broken))
}

fn files() -> [(PathBuf, String); 2] {
    let folder = workspace::root().join("fixtures");
    [people::CAFE_VT, people::LIVEX].map(|country| {
        let path = folder.join(country.tenant).join("customers.csv");
        (path, customer::csv(&country, CUSTOMERS))
    })
}
