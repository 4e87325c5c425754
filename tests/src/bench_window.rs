//! What the window costs: from the start of its process to a painted PIN pad, and the memory of all
//! of its processes, beside the same window with the web view's default renderer.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Error;
use crate::bench_ledger::Figure;
use crate::deadline::Deadline;
use crate::process::program;
use crate::shop::{CAFE_VT, Crowd, Shop};
use crate::window::display::{Display, mortal};

/// How long the PIN pad may take to come, and to stay as it is.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where the PIN pad is on a screen of 1024 x 768, without the field whose caret blinks.
const PAD: &str = "320x280+164+358";

/// The painted picture has not changed for so many looks: it is complete.
const CALM: usize = 12;

/// How often the window is started with each renderer; the median counts.
const STARTS: usize = 5;

/// A start of the window.
#[derive(Debug, Clone, Copy)]
struct Start {
    to_pin_pad: Duration,
    memory_kib: u64,
}

/// Measures both renderers.
///
/// # Errors
/// When the window does not come.
pub async fn figures(fixtures: &Path, folder: &Path) -> Result<Vec<Figure>, Error> {
    let shop = Shop::open_from(fixtures, folder, CAFE_VT, Crowd::All)?;
    let till = shop.till("centro", "Caja 1", &shop.url()).await?;
    till.stop_sync().await;
    drop(till);
    let data = shop.till_folder("Caja 1");
    let display = Display::start()?;
    let shipped = median(&data, &display, None)?;
    let other = median(&data, &display, Some("0"))?;
    Ok(vec![
        Figure {
            name: "process start to PIN pad (baseline: default renderer)".to_owned(),
            measured: shipped.to_pin_pad.as_secs_f64() * 1_000.0,
            baseline: other.to_pin_pad.as_secs_f64() * 1_000.0,
            unit: "ms",
        },
        Figure {
            name: "memory (PSS) with web process (baseline: default renderer)".to_owned(),
            measured: mebibytes(shipped.memory_kib),
            baseline: mebibytes(other.memory_kib),
            unit: "MiB",
        },
    ])
}

#[expect(
    clippy::cast_precision_loss,
    clippy::as_conversions,
    reason = "a figure for people"
)]
fn mebibytes(kib: u64) -> f64 {
    kib as f64 / 1024.0
}

fn median(data: &Path, display: &Display, renderer: Option<&str>) -> Result<Start, Error> {
    // The first start fills the caches of files and fonts and is not counted.
    start(data, display, renderer)?;
    let mut starts = (0..STARTS)
        .map(|_| start(data, display, renderer))
        .collect::<Result<Vec<_>, _>>()?;
    starts.sort_by_key(|start| start.to_pin_pad);
    Ok(starts[STARTS / 2])
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures")]
fn start(data: &Path, display: &Display, renderer: Option<&str>) -> Result<Start, Error> {
    let mut command = mortal(&program("mostrador")?.to_string_lossy());
    command
        .env("DISPLAY", display.name())
        .env("MOSTRADOR_DATA", data)
        .env("DBUS_SESSION_BUS_ADDRESS", "disabled:")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("MOSTRADOR_WEBDRIVER")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    match renderer {
        Some(value) => command.env("WEBKIT_DISABLE_DMABUF_RENDERER", value),
        None => command.env_remove("WEBKIT_DISABLE_DMABUF_RENDERER"),
    };
    let begin = Instant::now();
    let window = Ended(command.spawn()?);
    let deadline = Deadline::after(PATIENCE);
    let mut looks: Vec<(Duration, Vec<u8>)> = Vec::new();
    loop {
        let picture = look(display)?;
        looks.push((begin.elapsed(), picture));
        let calm = looks.len() > CALM && looks[looks.len() - CALM..].windows(2).all(same);
        if calm && !is_plain(&looks[looks.len() - 1].1) {
            break;
        }
        deadline.pause("the PIN pad")?;
    }
    let last = &looks[looks.len() - 1].1;
    let first = looks.iter().find(|(_, picture)| picture == last);
    let to_pin_pad = first.map_or_else(|| begin.elapsed(), |(at, _)| *at);
    let memory_kib = memory_kib(window.0.id())?;
    Ok(Start {
        to_pin_pad,
        memory_kib,
    })
}

fn same(pair: &[(Duration, Vec<u8>)]) -> bool {
    pair[0].1 == pair[1].1
}

/// One colour: nothing is painted yet.
fn is_plain(picture: &[u8]) -> bool {
    picture.windows(2).all(|pair| pair[0] == pair[1])
}

/// The PIN pad's part of the screen, one byte a pixel.
fn look(display: &Display) -> Result<Vec<u8>, Error> {
    let output = Command::new("import")
        .args(["-display", display.name(), "-window", "root"])
        .args(["-crop", PAD, "-depth", "8", "gray:-"])
        .output()?;
    Ok(output.stdout)
}

/// A window that ends with its processes.
#[derive(Debug)]
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let group = rustix::process::Pid::from_child(&self.0);
        rustix::process::kill_process_group(group, rustix::process::Signal::TERM).ok();
        let deadline = Deadline::after(Duration::from_secs(5));
        while matches!(self.0.try_wait(), Ok(None)) {
            if deadline.pause("the window to close").is_err() {
                break;
            }
        }
        rustix::process::kill_process_group(group, rustix::process::Signal::KILL).ok();
        self.0.wait().ok();
    }
}

/// Proportional set size of a process and everything that it started.
fn memory_kib(root: u32) -> Result<u64, Error> {
    let mut parents = Vec::new();
    for folder in std::fs::read_dir("/proc")? {
        let folder = folder?.path();
        let Ok(stat) = std::fs::read_to_string(folder.join("stat")) else {
            continue;
        };
        let id = stat.split(' ').next().and_then(|id| id.parse().ok());
        let parent = stat
            .rsplit(')')
            .next()
            .and_then(|rest| rest.split_whitespace().nth(1))
            .and_then(|parent| parent.parse().ok());
        if let (Some(id), Some(parent)) = (id, parent) {
            parents.push((id, parent));
        }
    }
    let mut family: Vec<u32> = vec![root];
    let mut known = 0;
    while known < family.len() {
        known = family.len();
        for (id, parent) in &parents {
            if family.contains(parent) && !family.contains(id) {
                family.push(*id);
            }
        }
    }
    Ok(family.iter().map(|id| pss_kib(*id)).sum())
}

fn pss_kib(id: u32) -> u64 {
    let rollup = std::fs::read_to_string(format!("/proc/{id}/smaps_rollup")).unwrap_or_default();
    rollup
        .lines()
        .find_map(|line| line.strip_prefix("Pss:"))
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|kib| kib.parse().ok())
        .unwrap_or(0)
}
