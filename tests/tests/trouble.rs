//! Bad input and bad luck: everything gets a sentence, nothing is overwritten, nothing panics.

use std::path::Path;

use mostrador_server::Store as _;
use mostrador_terminal::view::{BoxReading, Language};
use mostrador_terminal::{Error as TillError, Till};
use mostrador_tests::Error;
use mostrador_tests::shop::{CAFE_VT, Crowd, Shop, fixtures, options};
use tempfile::TempDir;

async fn shop_with_till(folder: &TempDir) -> Result<(Shop, Till), Error> {
    let shop = Shop::open(folder.path(), CAFE_VT, Crowd::Few)?;
    let till = shop.till("centro", "Caja 1", &shop.url()).await?;
    let pin = till.view().demo_pins[0].pin.clone();
    till.unlock(&pin)?;
    Ok((shop, till))
}

/// What a person reads: two sentences in each language, and no inside of the program.
fn check_words(error: &TillError) {
    for language in [Language::Es, Language::En] {
        let trouble = error.trouble(language);
        let words = format!("{} {}", trouble.message, trouble.hint);
        assert!(
            trouble.message.len() > 10 && trouble.hint.len() > 10,
            "{words}"
        );
        for inside in ["Error", "panicked", "unwrap", "None", "Some(", "::"] {
            assert!(!words.contains(inside), "{words}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_can_be_typed_breaks_a_till() -> Result<(), Error> {
    let folder = TempDir::new()?;
    let (_shop, till) = shop_with_till(&folder).await?;
    let product = "espresso";
    let strange = [
        "",
        " ",
        "0",
        "-1",
        "999999999999999",
        "🎉🎉🎉",
        "'; drop table sale; --",
        "\" OR \"*",
        "\u{202e}abc",
        "ÁÉÍÓÚñ",
        "NULL",
        "%_%",
    ];
    let long = "x".repeat(10_000);
    for text in strange.into_iter().chain([long.as_str()]) {
        till.read_box(text)?;
        for refused in [
            till.add_amount_text(text, text).err(),
            till.apply_code(text).err(),
            till.add_product(text, "1").err(),
            till.add_product(product, text).err(),
            till.set_customer(text).err(),
            till.unlock(text).err(),
        ]
        .into_iter()
        .flatten()
        {
            check_words(&refused);
        }
        till.unlock(&till.view().demo_pins[0].pin).ok();
        till.clear_basket().ok();
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_basket_cannot_be_paid() -> Result<(), Error> {
    let folder = TempDir::new()?;
    let (_shop, till) = shop_with_till(&folder).await?;
    let refused = till.pay(&[], 0).expect_err("there is nothing to pay");
    assert_eq!(refused.code(), "empty_basket");
    check_words(&refused);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn names_of_all_kinds_are_imported_and_found() -> Result<(), Error> {
    let folder = TempDir::new()?;
    let (shop, till) = shop_with_till(&folder).await?;
    let file = folder.path().join("more.csv");
    std::fs::write(
        &file,
        "name,phone,card\n\
         Zoé 🎉 Ñáñez,3900000001,\n\
         李小龙,3900000002,\n\
         ,3900000003,\n\
         \"D'Arcy, \"\"Pepe\"\"\",3900000004,\n\
         Nadie,no es un teléfono,\n",
    )?;
    let rejects = folder.path().join("rejects.csv");
    let said = shop.owner(&[
        "import",
        "--tenant",
        shop.tenant(),
        "customers",
        &file.to_string_lossy(),
        "--rejects",
        &rejects.to_string_lossy(),
    ])?;
    assert!(
        said.contains("3 added") && said.contains("2 rejected"),
        "{said}"
    );
    let kept = std::fs::read_to_string(&rejects)?;
    assert!(kept.contains("no es un teléfono"), "{kept}");

    shop.agree(&[&till]).await?;
    for typed in ["nanez", "李小龙", "d'arcy"] {
        let found = match till.read_box(typed)? {
            BoxReading::Customers { hits, .. } => hits.len(),
            BoxReading::Mixed { customers, .. } => customers.len(),
            _ => 0,
        };
        assert_eq!(found, 1, "{typed}");
    }
    Ok(())
}

#[test]
fn a_malformed_program_names_file_line_and_remedy() -> Result<(), Error> {
    let folder = TempDir::new()?;
    let good = std::fs::read_to_string(fixtures().join("livex/program.toml"))?;
    let bad = good.replacen("max_codes = 5", "max_codes = \"five\"", 1);
    assert_ne!(good, bad);
    let line = bad.lines().position(|line| line.starts_with("max_codes"));
    let line = line.expect("the fixture has the key") + 1;
    let path = folder.path().join("program.toml");
    std::fs::write(&path, bad)?;
    let file = path.to_string_lossy();
    let said = mostrador_tests::process::server_command(["program", "check", &*file])
        .expect_err("the program has a fault")
        .to_string();
    assert!(said.contains(&format!("program.toml:{line}:")), "{said}");
    assert!(said.contains("max_codes"), "{said}");
    Ok(())
}

fn damage(path: &Path) -> Result<Vec<u8>, Error> {
    let mut bytes = std::fs::read(path)?;
    let middle = bytes.len() / 2;
    for byte in bytes.iter_mut().skip(middle).take(4_096) {
        *byte ^= 0x5a;
    }
    std::fs::write(path, &bytes)?;
    Ok(bytes)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_file_says_so_and_is_left_as_it_is() -> Result<(), Error> {
    let folder = TempDir::new()?;
    let (shop, till) = shop_with_till(&folder).await?;
    shop.agree(&[&till]).await?;
    till.stop_sync().await;
    drop(till);
    let data = shop.till_folder("Caja 1");
    let file = data.join("till.sqlite");
    let damaged = damage(&file)?;

    let refused = Till::open(options(&data)).expect_err("the file is damaged");
    check_words(&refused);
    assert!(refused.code().starts_with("ledger_"), "{}", refused.code());
    assert_eq!(std::fs::read(&file)?, damaged, "nothing was overwritten");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_till_on_the_same_folder_is_refused() -> Result<(), Error> {
    let folder = TempDir::new()?;
    let (shop, till) = shop_with_till(&folder).await?;
    let refused = Till::open(options(&shop.till_folder("Caja 1"))).expect_err("it is open");
    assert_eq!(refused.code(), "ledger_already_open");
    check_words(&refused);
    till.add_product("espresso", "1")?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enrolment_code_works_once() -> Result<(), Error> {
    let folder = TempDir::new()?;
    let shop = Shop::open(folder.path(), CAFE_VT, Crowd::Few)?;
    let code = shop.enrol_code("centro", "Caja 1")?;
    let one = Till::open(options(&folder.path().join("one")))?;
    one.enrol(&shop.url(), &code).await?;
    let two = Till::open(options(&folder.path().join("two")))?;
    for wrong in [code.as_str(), "", "🎉", "AAAAA-AAAAA-AAAAA-AAAAA"] {
        let refused = two.enrol(&shop.url(), wrong).await;
        check_words(&refused.expect_err("the code does not hold"));
    }
    assert_eq!(shop.store()?.terminals(shop.tenant()).await?.len(), 1);
    Ok(())
}
