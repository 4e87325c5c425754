//! Programs: read from a file with all their faults, published once.

use std::path::Path;

use mostrador_protocol::program::{Around, Catalogue, Findings, ProgramDocument};

use crate::Error;
use crate::feed::MAX_PROGRAM_BYTES;
use crate::mint::Mint;
use crate::store::{Published, Store};

/// Reads a program from its TOML file.
///
/// # Errors
/// [`Error::ProgramFaults`] with every fault of the text, each with its line.
pub fn read_program(path: &Path) -> Result<ProgramDocument, Error> {
    ProgramDocument::parse(&text_of(path)?).map_err(Error::ProgramFaults)
}

/// Reads a program from its TOML file with every fault and warning. With a tenant the names in it are
/// looked up in what the store holds of that company, and its program in force tells which codes are out.
pub async fn examine<S: Store>(
    path: &Path,
    mint: &Mint,
    company: Option<(&S, &str)>,
) -> Result<Findings, Error> {
    let text = text_of(path)?;
    let (mut stores, mut products, mut published) = (Vec::new(), Vec::new(), None);
    if let Some((store, tenant)) = company {
        let shops = store.shops(tenant).await?.into_iter();
        stores = shops.map(|shop| shop.id).collect();
        products = store.products(tenant).await?;
        published = store.program(tenant).await?;
    }
    let catalogue = Catalogue {
        stores: &stores,
        products: &products,
    };
    let around = Around {
        now_ms: mint.now_ms(),
        catalogue: company.map(|_| catalogue),
        published: published.as_ref(),
    };
    Ok(ProgramDocument::examine(&text, &around))
}

fn text_of(path: &Path) -> Result<String, Error> {
    std::fs::read_to_string(path).map_err(|source| Error::File {
        attempt: "reading",
        path: path.to_owned(),
        source,
    })
}

/// Publishes a program for a tenant; its terminals get it with their next pull.
///
/// # Errors
/// [`Error::ProgramFaults`] with every fault, [`Error::ProgramVersion`] unless the version ascends,
/// [`Error::ProgramTooLarge`].
pub async fn publish<S: Store>(
    store: &S,
    mint: &Mint,
    tenant: &str,
    program: ProgramDocument,
) -> Result<Published, Error> {
    let faults = program.check();
    if !faults.is_empty() {
        return Err(Error::ProgramFaults(faults));
    }
    fits(&program)?;
    let version = program.version;
    let published = store.publish(tenant, program, mint.now_ms()).await?;
    if published == Published::Now {
        tracing::info!(tenant, version, "a program was published");
    }
    Ok(published)
}

/// One that no page can hold is refused while somebody can still change it.
fn fits(program: &ProgramDocument) -> Result<(), Error> {
    let json = serde_json::to_vec(program).expect("BUG: programs have string keys only");
    let (bytes, most) = (json.len() as u64, MAX_PROGRAM_BYTES);
    if bytes > most {
        return Err(Error::ProgramTooLarge { bytes, most });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_no_page_can_hold_is_refused() {
        let small =
            r#"{"version": 1, "name": "Acme", "currency": "COP", "time_zone": "America/Bogota"}"#;
        let mut program: ProgramDocument = serde_json::from_str(small).unwrap();
        assert!(fits(&program).is_ok());
        program.name = "x".repeat(usize::try_from(MAX_PROGRAM_BYTES).unwrap());
        let refused = fits(&program).unwrap_err();
        assert!(
            matches!(refused, Error::ProgramTooLarge { .. }),
            "{refused:?}"
        );
        assert!(refused.hint().contains("series"));
    }
}
