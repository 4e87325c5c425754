//! The real window on a display of its own, driven by WebDriver with a keyboard.

pub(crate) mod display;
mod driver;

use std::path::{Path, PathBuf};
use std::time::Duration;

use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::error::CmdError;
use fantoccini::{Client, Locator};
use serde_json::json;

use self::display::Display;
use self::driver::Driver;
use crate::Error;
use crate::deadline::Deadline;

/// How long anything on the screen may take to come.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long one answer of the driver may take.
const ANSWER: Duration = Duration::from_secs(15);

/// Between two signs of somebody who types; anything faster is a scanner.
const FINGERS: Duration = Duration::from_millis(70);

/// Keys that are no letters, as WebDriver names them.
pub mod key {
    /// Tab.
    pub const TAB: char = '\u{E004}';
    /// Enter.
    pub const ENTER: char = '\u{E007}';
    /// Shift.
    pub const SHIFT: char = '\u{E008}';
    /// Control.
    pub const CONTROL: char = '\u{E009}';
    /// Alt.
    pub const ALT: char = '\u{E00A}';
    /// Escape.
    pub const ESCAPE: char = '\u{E00C}';
    /// F1, help.
    pub const F1: char = '\u{E031}';
    /// F2, the box.
    pub const F2: char = '\u{E032}';
    /// F4, park.
    pub const F4: char = '\u{E034}';
    /// F6, points.
    pub const F6: char = '\u{E036}';
    /// F7, an amount.
    pub const F7: char = '\u{E037}';
    /// F8, codes.
    pub const F8: char = '\u{E038}';
    /// F9, pay.
    pub const F9: char = '\u{E039}';
}

/// An open window.
#[derive(Debug)]
pub struct Window {
    client: Client,
    driver: Driver,
    _display: Display,
}

impl Window {
    /// Opens the window over the till in `data` on a display of 1024 x 768.
    ///
    /// # Errors
    /// When the display, the driver or the window does not come.
    pub async fn open(data: &Path) -> Result<Self, Error> {
        let display = Display::start()?;
        let driver = Driver::start(data, display.name())?;
        let client = driver.connect().await?;
        let window = Self {
            client,
            driver,
            _display: display,
        };
        window.find("h1").await?;
        Ok(window)
    }

    /// Waits for an element.
    ///
    /// # Errors
    /// When it does not come; the error says what is on the screen instead.
    pub async fn find(&self, css: &str) -> Result<fantoccini::elements::Element, Error> {
        let deadline = Deadline::after(PATIENCE);
        loop {
            let found = self.answer(self.client.find(Locator::Css(css))).await;
            if let Ok(element) = found {
                return Ok(element);
            }
            if deadline.pause_async(css).await.is_err() {
                let shown = self.text("body").await.unwrap_or_default();
                return Err(self.said(format!("{css} did not come; the screen says:\n{shown}")));
            }
        }
    }

    /// The text of an element, waited for.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn read(&self, css: &str) -> Result<String, Error> {
        self.find(css).await?;
        self.text(css).await
    }

    /// Waits until the text of an element holds `part`, and gives it back.
    ///
    /// # Errors
    /// When it does not; the error says what it holds.
    pub async fn read_until(&self, css: &str, part: &str) -> Result<String, Error> {
        let deadline = Deadline::after(PATIENCE);
        loop {
            let text = self.read(css).await?;
            if text.contains(part) {
                return Ok(text);
            }
            if deadline.pause_async(part).await.is_err() {
                return Err(self.said(format!("{css} says {text:?}, not {part:?}")));
            }
        }
    }

    async fn text(&self, css: &str) -> Result<String, Error> {
        let script = "return document.querySelector(arguments[0])?.innerText ?? ''";
        let text = self
            .answer(self.client.execute(script, vec![json!(css)]))
            .await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Types as fingers do.
    ///
    /// # Errors
    /// When the driver does not answer.
    pub async fn type_text(&self, text: &str) -> Result<(), Error> {
        let mut keys = KeyActions::new("fingers".to_owned());
        for sign in text.chars() {
            keys = keys
                .then(KeyAction::Down { value: sign })
                .then(KeyAction::Up { value: sign })
                .then(KeyAction::Pause { duration: FINGERS });
        }
        self.answer(self.client.perform_actions(keys)).await
    }

    /// Types and presses Enter.
    ///
    /// # Errors
    /// When the driver does not answer.
    pub async fn enter(&self, text: &str) -> Result<(), Error> {
        self.type_text(text).await?;
        self.press(&[key::ENTER]).await
    }

    /// Sends signs as a scanner does, in one burst that no busy machine can pull apart, and Enter.
    ///
    /// # Errors
    /// When the driver does not answer.
    pub async fn scan(&self, text: &str) -> Result<(), Error> {
        let script = "const strike = (key, code) => document.activeElement.dispatchEvent(\
             new KeyboardEvent('keydown', { key, code, bubbles: true, cancelable: true }));\
             for (const sign of arguments[0])\
               strike(sign, (/[0-9]/.test(sign) ? 'Digit' : 'Key') + sign.toUpperCase());\
             strike('Enter', 'Enter')";
        self.answer(self.client.execute(script, vec![json!(text)]))
            .await?;
        Ok(())
    }

    /// Presses keys together, the last one last.
    ///
    /// # Errors
    /// When the driver does not answer.
    pub async fn press(&self, chord: &[char]) -> Result<(), Error> {
        let mut keys = KeyActions::new("fingers".to_owned());
        for value in chord {
            keys = keys.then(KeyAction::Down { value: *value });
        }
        for value in chord.iter().rev() {
            keys = keys.then(KeyAction::Up { value: *value });
        }
        keys = keys.then(KeyAction::Pause { duration: FINGERS });
        self.answer(self.client.perform_actions(keys)).await
    }

    /// Everything that axe-core objects to on the screen as it is, one sentence each.
    ///
    /// # Errors
    /// When axe-core is not installed or does not answer.
    pub async fn axe(&self) -> Result<Vec<String>, Error> {
        let path = repository().join("ui/node_modules/axe-core/axe.min.js");
        let axe = std::fs::read_to_string(&path)?;
        self.answer(self.client.execute(&axe, Vec::new())).await?;
        let script = "const done = arguments[arguments.length - 1];\
             axe.run(document, { resultTypes: ['violations'] }).then(\
               found => done(found.violations.map(rule => rule.id + ': ' + rule.help + ': ' +\
                 rule.nodes.map(node => node.html).join(' | '))),\
               error => done(['axe: ' + error]))";
        let found = self
            .answer(self.client.execute_async(script, Vec::new()))
            .await?;
        let sentences = found.as_array().into_iter().flatten();
        Ok(sentences
            .map(|sentence| sentence.as_str().unwrap_or_default().to_owned())
            .collect())
    }

    /// Brings the end of the first element of `css` into sight.
    ///
    /// # Errors
    /// When the driver does not answer.
    pub async fn show_end(&self, css: &str) -> Result<(), Error> {
        let script = "document.querySelector(arguments[0]).scrollIntoView({ block: 'end' })";
        self.answer(self.client.execute(script, vec![json!(css)]))
            .await?;
        Ok(())
    }

    /// A picture of the screen as it is painted, PNG.
    ///
    /// # Errors
    /// When the driver does not answer.
    pub async fn picture(&self) -> Result<Vec<u8>, Error> {
        // The picture is of the frame before, unless two have passed.
        let script = "const done = arguments[arguments.length - 1];\
             requestAnimationFrame(() => requestAnimationFrame(() => done(true)))";
        self.answer(self.client.execute_async(script, Vec::new()))
            .await?;
        self.answer(self.client.screenshot()).await
    }

    /// Closes the window in order.
    ///
    /// # Errors
    /// When it does not close.
    pub async fn close(self) -> Result<(), Error> {
        let client = self.client.clone();
        self.answer(client.close()).await
    }

    /// Waits for an answer of the driver, but not for ever.
    async fn answer<T>(
        &self,
        question: impl Future<Output = Result<T, CmdError>>,
    ) -> Result<T, Error> {
        match tokio::time::timeout(ANSWER, question).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(self.said(error.to_string())),
            Err(_) => Err(self.said("the driver does not answer".to_owned())),
        }
    }

    fn said(&self, what: String) -> Error {
        Error::Window {
            what,
            log: self.driver.log(),
        }
    }
}

/// The root of this repository.
fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
