//! What must be true before a window can be opened, told in words instead of a panic.

/// There is no screen to draw on.
#[derive(Debug, thiserror::Error)]
#[error(
    "there is no display here (neither DISPLAY nor WAYLAND_DISPLAY answers); start it in a graphical session, or run `cargo xtask demo` to see a day at the counter without one"
)]
pub(crate) struct NoDisplay;

/// Checks that a display answers and chooses how the web view draws.
#[cfg(target_os = "linux")]
pub(crate) fn prepare() -> Result<(), NoDisplay> {
    draw_in_software();
    gtk::init().map_err(|_| NoDisplay)
}

/// Other systems always have one.
#[cfg(not(target_os = "linux"))]
pub(crate) fn prepare() -> Result<(), NoDisplay> {
    Ok(())
}

/// A till needs no GPU, and without the DMA-BUF renderer the first frame comes in half the time and
/// memory. Left alone when the person chose, and under WebDriver, whose screenshots would hang.
#[cfg(target_os = "linux")]
fn draw_in_software() {
    const RENDERER: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
    let chosen = std::env::var_os(RENDERER).is_some();
    let driven = std::env::var_os("MOSTRADOR_WEBDRIVER").is_some();
    if chosen || driven {
        return;
    }
    if let Err(error) = gtk::glib::setenv(RENDERER, "1", false) {
        eprintln!("mostrador: the web view keeps its own renderer: {error}");
    }
}
