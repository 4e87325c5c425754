//! A person asks the owner: what do you have of me, and forget me.

use std::path::Path;

use mostrador_server::{Mint, SqliteStore, Store};

use crate::command::{fails, ok};

const NAME: &str = "Anacleta Zarzaparrilla";
const PHONE: &str = "573119998877";
const CSV: &str = "name,phone,email,birthday,card,marketing_consent\n\
    Anacleta Zarzaparrilla,+57 311 999 8877,zarza@example.com,1990-12-31,,yes\n\
    Beto Gil,+57 300 123 4567,,,,no\n";

/// Whether any file of the folder says one of the texts.
fn says(data: &Path, texts: &[&str]) -> bool {
    let files = std::fs::read_dir(data).unwrap();
    files.map(|file| file.unwrap().path()).any(|path| {
        let bytes = std::fs::read(path).unwrap();
        let is_there = |text: &&str| {
            bytes
                .windows(text.len())
                .any(|window| window == text.as_bytes())
        };
        texts.iter().any(is_there)
    })
}

#[tokio::test]
async fn the_owner_shows_and_forgets_a_person() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let file = folder.path().join("people.csv");
    std::fs::write(&file, CSV).unwrap();
    ok(&data, &["tenant", "create", "cafe", "--name", "Café"]);
    let file = file.to_str().unwrap();
    ok(&data, &["import", "--tenant", "cafe", "customers", file]);
    let store = SqliteStore::open_to_read(&data.join("server.sqlite"), &Mint::system()).unwrap();
    let people = store.customers("cafe").await.unwrap();
    let ana = people.iter().find(|person| person.name == NAME).unwrap();
    let id = ana.id.to_string();
    // A change of before, so that the feed has two rows of hers.
    drop(store);
    let store = SqliteStore::open(&data.join("server.sqlite"), &Mint::system()).unwrap();
    let mut changed = ana.clone();
    changed.hlc += 1;
    changed.name = format!("{NAME} de Gil");
    let row = mostrador_protocol::row::Row::Customer(changed);
    store.put("cafe", vec![row]).await.unwrap();
    store.settle().await.unwrap();
    drop(store);

    let held = ok(&data, &["customers", "export", "--tenant", "cafe", &id]);
    let held: serde_json::Value = serde_json::from_str(&held).unwrap();
    let profile = &held["records"][0]["profile"];
    assert_eq!(
        (profile["phone"].as_str(), profile["email"].as_str()),
        (Some(PHONE), Some("zarza@example.com"))
    );
    let canaries = ["Zarzaparrilla", PHONE, "zarza@example.com"];
    assert!(says(&data, &canaries), "the canary is seen while it sings");

    let erase = [
        "customers",
        "erase",
        "--tenant",
        "cafe",
        "--reason",
        "asked by letter",
        &id,
    ];
    let said = ok(&data, &erase);
    assert!(said.contains(&format!("{id} erased")), "{said}");
    assert!(ok(&data, &erase).contains("was erased before"));
    assert!(!says(&data, &canaries));
    let listed = ok(&data, &["customers", "erased", "--tenant", "cafe"]);
    assert!(
        listed.contains("asked by letter") && listed.contains("1 erased"),
        "{listed}"
    );
    let held = ok(&data, &["customers", "export", "--tenant", "cafe", &id]);
    assert!(
        held.contains("asked by letter") && !held.contains("Zarzaparrilla"),
        "{held}"
    );
    let nobody = "00000000-0000-0000-0000-000000000404";
    for command in [
        &["customers", "export", "--tenant", "cafe", nobody][..],
        &[
            "customers",
            "erase",
            "--tenant",
            "cafe",
            "--reason",
            "x",
            nobody,
        ],
    ] {
        assert_eq!(fails(&data, command), "", "the answer is no, on the output");
    }
    let nowhere = fails(&data, &["customers", "erased", "--tenant", "nowhere"]);
    assert!(nowhere.contains("nowhere"), "{nowhere}");
}
