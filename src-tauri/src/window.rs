//! Opens the window and runs until it is closed.

use std::path::{Path, PathBuf};

use tauri::{App, Context, LogicalSize, Manager, RunEvent, WebviewUrl, WebviewWindowBuilder, Wry};

use crate::desk::Desk;
use crate::{bindings, data_folder};

/// The label that the capability names.
const LABEL: &str = "counter";

/// The smallest screen of a till, logical pixels.
const SMALLEST: LogicalSize<f64> = LogicalSize::new(1024.0, 768.0);

/// Runs the window over the till in `folder`.
pub(crate) fn run(context: Context<Wry>, folder: PathBuf) -> tauri::Result<()> {
    let bindings = bindings::builder();
    let mut builder = tauri::Builder::default();
    // A folder that was named is another till: its own lock keeps a second window out of it.
    if !data_folder::is_named() {
        builder = builder.plugin(tauri_plugin_single_instance::init(
            |app, _arguments, _folder| {
                come_forward(app);
            },
        ));
    }
    let app = builder
        .invoke_handler(bindings.invoke_handler())
        .setup(move |app| {
            let remembered = folder.join("window");
            bindings.mount_events(app);
            app.manage(Desk::new(folder, app.handle().clone()));
            open(app, &remembered)?;
            Ok(())
        })
        .build(context)?;
    app.run(|app, event| {
        if matches!(event, RunEvent::Exit) {
            tauri::async_runtime::block_on(app.state::<Desk>().leave());
        }
    });
    Ok(())
}

/// What the window remembers (its look) lies with its till, so that two tills are two windows.
fn open(app: &App, remembered: &Path) -> tauri::Result<()> {
    let screen = app.primary_monitor()?.map_or(SMALLEST, |monitor| {
        monitor.size().to_logical(monitor.scale_factor())
    });
    WebviewWindowBuilder::new(app, LABEL, WebviewUrl::default())
        .title("Mostrador")
        .inner_size(screen.width, screen.height)
        .maximized(true)
        .data_directory(remembered.to_path_buf())
        .build()?;
    Ok(())
}

/// Somebody started Mostrador again: the one that runs comes to the front.
fn come_forward(app: &tauri::AppHandle) {
    let Some(window) = app.get_webview_window(LABEL) else {
        return;
    };
    let shown = window.unminimize().and_then(|()| window.show());
    if let Err(error) = shown.and_then(|()| window.set_focus()) {
        tracing::warn!(%error, "the window could not come forward");
    }
}
