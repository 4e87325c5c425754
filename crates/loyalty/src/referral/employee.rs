//! Whether a customer works for the company.

use super::is_same_phone;
use crate::name::is_same;

/// Somebody of the staff, as far as this decision needs them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colleague<'a> {
    /// Name.
    pub name: &'a str,
    /// Phone, written in any way.
    pub phone: Option<&'a str>,
}

/// Whether a customer of this name and phone is one of the staff: by the phone that the list of staff
/// has, and for whoever has none in it, by the name.
pub fn is_employee<'a>(
    (name, phone): (&str, Option<&str>),
    staff: impl IntoIterator<Item = Colleague<'a>>,
) -> bool {
    staff.into_iter().any(|colleague| match colleague.phone {
        Some(known) => phone.is_some_and(|phone| is_same_phone(phone, known)),
        None => is_same(colleague.name, name),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_employee_is_told_by_the_phone_or_without_one_by_the_name() {
        let staff = [
            Colleague {
                name: "Rosa Ibarra",
                phone: Some("573001234567"),
            },
            Colleague {
                name: "Mónica Gil",
                phone: None,
            },
        ];
        let cases = [
            ("Rosita", Some("300 123 4567"), true),
            ("Rosa Ibarra", Some("3119998877"), false),
            ("Rosa Ibarra", None, false),
            ("Monica Gil Peña", Some("3119998877"), true),
            ("Monica", None, false),
        ];
        for (name, phone, expected) in cases {
            assert_eq!(is_employee((name, phone), staff), expected, "{name}");
        }
    }
}
