//! The storyteller's own sentences. What tills say comes from the message catalogue.

use mostrador_terminal::view::Language;

/// The story in one language.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plot {
    language: Language,
    pub(super) title: &'static str,
    pub(super) opening: &'static str,
    pub(super) stacked: &'static str,
    pub(super) best_set: &'static str,
    pub(super) takes_best: &'static str,
    pub(super) minimum: &'static str,
    pub(super) souvenir: &'static str,
    pub(super) offline: &'static str,
    pub(super) cut: &'static str,
    pub(super) back: &'static str,
    pub(super) books: &'static str,
}

const SPANISH: Plot = Plot {
    language: Language::Es,
    title: "Un día en el mostrador · LIVEX, Cartagena y Bogotá",
    opening: "Se abre",
    stacked: "Dos códigos que se suman y uno que cuenta para su agente",
    best_set: "Un código que no se combina, y lo que conviene",
    takes_best: "Ctrl+B: toma lo que conviene",
    minimum: "Una compra mínima que falta, hasta que alcanza",
    souvenir: "Sombrero vueltiao",
    offline: "Se va internet en Bogotá",
    cut: "Alguien tropieza con el cable. Bogotá sigue vendiendo.",
    back: "Vuelve internet",
    books: "Los libros, caja por caja y en el servidor",
};

const ENGLISH: Plot = Plot {
    language: Language::En,
    title: "A day at the counter · LIVEX, Cartagena and Bogotá",
    opening: "Opening",
    stacked: "Two codes that stack, and one that counts for its agent",
    best_set: "A code that does not combine, and what is better",
    takes_best: "Ctrl+B: takes the better set",
    minimum: "A minimum purchase that is missing, until it is not",
    souvenir: "Straw hat",
    offline: "Bogotá loses the internet",
    cut: "Somebody trips over the cable. Bogotá goes on selling.",
    back: "The internet is back",
    books: "The books, till by till and on the server",
};

impl Plot {
    pub(super) const fn of(language: Language) -> Self {
        match language {
            Language::Es => SPANISH,
            Language::En => ENGLISH,
        }
    }

    fn pick(&self, spanish: String, english: String) -> String {
        match self.language {
            Language::Es => spanish,
            Language::En => english,
        }
    }

    pub(super) fn opened(&self, url: &str, customers: u64, products: u64) -> String {
        self.pick(
            format!("El servidor escucha en {url}: {customers} clientes, {products} experiencias."),
            format!("The server listens on {url}: {customers} customers, {products} experiences."),
        )
    }

    pub(super) fn enrolled(&self, till: &str, store: &str, cashier: &str) -> String {
        self.pick(
            format!("{till} quedó inscrita en {store}. Atiende {cashier}."),
            format!("{till} is enrolled in {store}. {cashier} is at work."),
        )
    }

    pub(super) fn types(&self, text: &str) -> String {
        self.pick(format!("escribe «{text}»"), format!("types “{text}”"))
    }

    pub(super) fn identified(&self, name: &str) -> String {
        self.pick(format!("elige a {name}"), format!("picks {name}"))
    }

    pub(super) fn adds(&self, lines: &str) -> String {
        self.pick(format!("en la venta: {lines}"), format!("basket: {lines}"))
    }

    pub(super) fn scans(&self, code: &str) -> String {
        self.pick(format!("código «{code}»"), format!("code “{code}”"))
    }

    pub(super) fn pays(&self, amount: &str) -> String {
        self.pick(
            format!("F9: recibe {amount} en efectivo"),
            format!("F9: takes {amount} in cash"),
        )
    }

    pub(super) fn balance(&self, name: &str, points: i64, purchases: u64) -> String {
        self.pick(
            format!("{name} · puntos: {points} · compras: {purchases}"),
            format!("{name} · points: {points} · purchases: {purchases}"),
        )
    }

    pub(super) fn ledger_of(&self, till: &str) -> String {
        self.pick(format!("Libro de {till}"), format!("Ledger of {till}"))
    }

    pub(super) fn hashes(&self, till: &str, server: &str, same: bool) -> String {
        let verdict = match (self.language, same) {
            (Language::Es, true) => "iguales",
            (Language::Es, false) => "DISTINTOS",
            (Language::En, true) => "equal",
            (Language::En, false) => "NOT EQUAL",
        };
        self.pick(
            format!("     cadena {till} · servidor {server} · {verdict}"),
            format!("     chain {till} · server {server} · {verdict}"),
        )
    }

    pub(super) fn end(&self, customers: usize) -> String {
        self.pick(
            format!(
                "\n  Clientes con saldo: {customers}. Iguales en ambas cajas y en el servidor."
            ),
            format!(
                "\n  Customers with a balance: {customers}. Equal on both tills and on the server."
            ),
        )
    }
}
