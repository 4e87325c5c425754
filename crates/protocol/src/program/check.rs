//! The rules that a document has to keep, whatever form it came in.

use loyalty::money::Currency;
use mostrador_loyalty as loyalty;

use super::fault::{KeyFault, Path};
use super::{Fault, ProgramDocument};

impl ProgramDocument {
    /// Every fault of the document; none: it compiles.
    pub fn check(&self) -> Vec<Fault> {
        self.key_faults().into_iter().map(Fault::from).collect()
    }

    pub(super) fn key_faults(&self) -> Vec<KeyFault> {
        let mut faults = Vec::new();
        if Currency::from_code(&self.currency).is_none() {
            faults.push(KeyFault {
                path: Path::default().key("currency"),
                what: format!("{:?} is not a currency", self.currency),
                remedy: "write the three capital letters of ISO 4217, as in \"COP\"".to_owned(),
            });
        }
        faults
    }
}
