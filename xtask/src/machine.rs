//! System packages: which are missing, and installing them after saying so.

use std::path::Path;
use std::process::Command;

use crate::error::Error;
use crate::shell;
use crate::workspace;

/// What a command is going to do on this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Need {
    /// Build and run the programs without a window.
    Headless,
    /// Build them and break them on purpose.
    Fault,
    /// Build and run the window.
    Window,
    /// Drive the window by WebDriver on a display of its own.
    Driver,
    /// Run every test there is.
    Test,
}

/// Debian packages by the least need that wants them.
const PACKAGES: [(Need, &[&str]); 5] = [
    (Need::Headless, &["libssl-dev", "pkg-config"]),
    // Killing at a system call; a file system in a file.
    (Need::Fault, &["strace", "e2fsprogs"]),
    (Need::Window, &["libwebkit2gtk-4.1-dev"]),
    (
        Need::Driver,
        &[
            "xvfb",
            "xauth",
            "webkit2gtk-driver",
            "imagemagick",
            "x11-utils",
            "xdotool",
        ],
    ),
    (Need::Test, &["postgresql"]),
];

/// The version of tauri-driver that the window tests are written for.
const TAURI_DRIVER: &str = "2.1.0";

/// The version of cargo-fuzz that the fuzz targets are run by.
const CARGO_FUZZ: &str = "0.13.2";

/// How often a package index is asked before giving up.
const TRIES: u32 = 4;

/// Makes sure that the machine has what `need` wants.
pub(crate) fn prepare(need: Need) -> Result<(), Error> {
    if cfg!(target_os = "linux") {
        prepare_linux(need)?;
    } else {
        prepare_other(need)?;
    }
    if need >= Need::Driver {
        install_tauri_driver()?;
    }
    Ok(())
}

fn wanted(need: Need) -> Vec<&'static str> {
    // Who sells or drives a window breaks nothing.
    let breaks = matches!(need, Need::Fault | Need::Test);
    PACKAGES
        .iter()
        .filter(|(least, _)| *least <= need && (breaks || *least != Need::Fault))
        .flat_map(|(_, packages)| packages.iter().copied())
        .collect()
}

fn prepare_linux(need: Need) -> Result<(), Error> {
    if shell::version("dpkg-query").is_none() || shell::version("apt-get").is_none() {
        return prepare_other_linux(need);
    }
    let missing: Vec<_> = wanted(need)
        .into_iter()
        .filter(|package| !is_installed(package))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    println!(
        "This machine lacks {}: installing with apt-get.",
        missing.join(", ")
    );
    retry(&mut || shell::run(&mut apt_get(&["update"])))?;
    let mut install = vec!["install", "-y", "--no-install-recommends"];
    install.extend(&missing);
    retry(&mut || shell::run(&mut apt_get(&install)))
}

fn is_installed(package: &str) -> bool {
    let asked = Command::new("dpkg-query")
        .args(["--show", "--showformat", "${db:Status-Status}", package])
        .output();
    asked.is_ok_and(|output| output.status.success() && output.stdout == b"installed")
}

fn apt_get(arguments: &[&str]) -> Command {
    let mut command = if is_root() {
        Command::new("apt-get")
    } else {
        let mut sudo = Command::new("sudo");
        sudo.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        sudo
    };
    command
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn is_root() -> bool {
    let asked = Command::new("id").arg("-u").output();
    asked.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn retry(act: &mut dyn FnMut() -> Result<(), Error>) -> Result<(), Error> {
    for attempt in 1..TRIES {
        match act() {
            Ok(()) => return Ok(()),
            Err(error @ Error::Start { .. }) => return Err(error),
            Err(error) => eprintln!("xtask: {error}; try {attempt} of {TRIES}"),
        }
    }
    act()
}

/// Another distribution: the libraries are looked for, never installed.
fn prepare_other_linux(need: Need) -> Result<(), Error> {
    let mut libraries = vec!["openssl"];
    if need >= Need::Window {
        libraries.push("webkit2gtk-4.1");
    }
    let found = shell::succeeds(Command::new("pkg-config").arg("--exists").args(&libraries));
    let drivers = ["Xvfb", "WebKitWebDriver", "import", "xdpyinfo"];
    let driven = need < Need::Driver || drivers.iter().all(|name| is_on_path(name));
    if found && driven {
        return Ok(());
    }
    Err(Error::Missing {
        what: "This system is not Debian or Ubuntu, and something is missing.".to_owned(),
        remedy: format!(
            "Install what these Debian packages hold, by the names of your system: {}",
            wanted(need).join(" ")
        ),
    })
}

fn is_on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

fn prepare_other(need: Need) -> Result<(), Error> {
    if need >= Need::Driver {
        return Err(Error::Missing {
            what: "The window tests need Linux: they drive WebKitGTK on a virtual display."
                .to_owned(),
            remedy: "Everything else works here: `cargo xtask run`, `demo`, `vectors`, `replay`."
                .to_owned(),
        });
    }
    let openssl = shell::succeeds(Command::new("pkg-config").args(["--exists", "openssl"]))
        || std::env::var_os("OPENSSL_DIR").is_some();
    if openssl {
        return Ok(());
    }
    Err(Error::Missing {
        what: "OpenSSL's headers are not found; the encrypted database is built with them."
            .to_owned(),
        remedy: "macOS: `brew install openssl pkg-config`. Windows: install OpenSSL and WebView2, \
                 and set OPENSSL_DIR."
            .to_owned(),
    })
}

/// The bridge from WebDriver to the window.
fn install_tauri_driver() -> Result<(), Error> {
    install_tool("tauri-driver", TAURI_DRIVER)
}

/// What builds and runs fuzz targets.
pub(crate) fn install_cargo_fuzz() -> Result<(), Error> {
    install_tool("cargo-fuzz", CARGO_FUZZ)
}

/// Installs a program of cargo's registry into `target/tools`, unless it is there.
fn install_tool(name: &str, version: &str) -> Result<(), Error> {
    if workspace::tool(name).is_file() {
        return Ok(());
    }
    let tools = workspace::target().join("tools");
    println!("Installing {name} {version} into {}.", show(&tools));
    retry(&mut || {
        shell::run(
            crate::cargo::cargo("install")
                .args([name, "--version", version, "--locked", "--root"])
                .arg(&tools),
        )
    })
}

fn show(path: &Path) -> String {
    path.strip_prefix(workspace::root())
        .unwrap_or(path)
        .display()
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_larger_need_wants_everything_of_a_smaller_one() {
        assert_eq!(wanted(Need::Headless), ["libssl-dev", "pkg-config"]);
        assert!(wanted(Need::Fault).contains(&"strace"));
        assert!(wanted(Need::Window).contains(&"pkg-config"));
        assert!(!wanted(Need::Window).contains(&"xvfb"));
        assert!(!wanted(Need::Window).contains(&"strace"));
        assert!(wanted(Need::Test).contains(&"strace"));
        assert!(wanted(Need::Driver).contains(&"libwebkit2gtk-4.1-dev"));
    }
}
