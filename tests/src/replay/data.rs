//! Reads a folder of real baskets: lines, products, coupons, campaigns and redemptions as CSV.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use chrono::{NaiveDate, NaiveDateTime};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

/// A file that cannot be read as it should.
#[derive(Debug, Error)]
pub enum Error {
    /// The CSV reader gave up.
    #[error("reading {path}: {source}; the folder must hold the files that docs/replay.md names", path = path.display())]
    Csv {
        /// Which file.
        path: PathBuf,
        /// What the reader says, with the line.
        source: csv::Error,
    },
    /// A time that is none.
    #[error("{path}: {text:?} is no local time; write 2017-01-31T18:24:46", path = path.display())]
    Time {
        /// Which file.
        path: PathBuf,
        /// What stands there.
        text: String,
    },
}

/// Everything to sell.
#[derive(Debug, Default)]
pub struct Dataset {
    /// All baskets in the order of their time.
    pub baskets: Vec<Basket>,
    /// Every product of the catalogue and of the baskets, by number.
    pub products: BTreeMap<String, Product>,
    /// Every coupon of every campaign.
    pub coupons: Vec<Coupon>,
    /// Households that ever buy, ascending.
    pub households: BTreeSet<u32>,
}

/// One basket with the coupons that are scanned on it.
#[derive(Debug, Clone)]
pub struct Basket {
    /// Its number, unique in the data.
    pub id: String,
    /// The store.
    pub store: String,
    /// Who buys.
    pub household: u32,
    /// The store's wall clock.
    pub time: NaiveDateTime,
    /// What is bought.
    pub lines: Vec<Line>,
    /// Texts of the coupons to scan, in the order of the data.
    pub coupons: Vec<String>,
}

/// One line of a basket.
#[derive(Debug, Clone)]
pub struct Line {
    /// Product number.
    pub product: String,
    /// What was paid for the whole line, cents.
    pub paid_cents: i64,
}

/// A product of the catalogue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Product {
    /// What a receipt can say of it; empty when the data says nothing.
    pub name: String,
    /// Department and product category, as far as there are any.
    pub categories: Vec<String>,
    /// Manufacturer.
    pub partner: Option<String>,
}

/// A coupon in one campaign.
#[derive(Debug, Clone)]
pub struct Coupon {
    /// UPC and campaign: a UPC occurs in several campaigns with other households and windows.
    pub text: String,
    /// First local day.
    pub from: NaiveDate,
    /// Last local day.
    pub until: NaiveDate,
    /// Products it is for, ascending.
    pub products: BTreeSet<String>,
    /// Households it was sent to, ascending; never empty.
    pub households: BTreeSet<u32>,
}

#[derive(Deserialize)]
struct LineRow {
    basket_id: String,
    store_id: String,
    household_id: u32,
    timestamp: String,
    product_id: String,
    sales_value_cents: i64,
}

#[derive(Deserialize)]
struct ProductRow {
    product_id: String,
    manufacturer_id: String,
    department: String,
    product_category: String,
    product_type: String,
}

#[derive(Deserialize)]
struct CouponRow {
    coupon_upc: String,
    product_id: String,
    campaign_id: u32,
}

#[derive(Deserialize)]
struct CampaignRow {
    campaign_id: u32,
    household_id: u32,
}

#[derive(Deserialize)]
struct WindowRow {
    campaign_id: u32,
    start_date: NaiveDate,
    end_date: NaiveDate,
}

#[derive(Deserialize)]
struct RedemptionRow {
    household_id: u32,
    coupon_upc: String,
    campaign_id: u32,
    redemption_date: NaiveDate,
}

/// The text under which a coupon of a campaign is scanned.
pub fn coupon_text(upc: &str, campaign: u32) -> String {
    format!("{upc}C{campaign}")
}

/// Reads the whole folder.
///
/// # Errors
/// The first file or row that cannot be read, by name and line.
pub fn read(folder: &Path) -> Result<Dataset, Error> {
    let mut baskets = read_baskets(folder)?;
    scan_redemptions(folder, &mut baskets)?;
    let households = baskets.iter().map(|basket| basket.household).collect();
    let products = read_products(folder, &baskets)?;
    let coupons = read_coupons(folder)?;
    Ok(Dataset {
        baskets,
        products,
        coupons,
        households,
    })
}

/// The catalogue, with an entry that says nothing for each product sold that it leaves out.
fn read_products(folder: &Path, baskets: &[Basket]) -> Result<BTreeMap<String, Product>, Error> {
    let present = |text: &String| (!text.is_empty()).then(|| text.clone());
    let sold = baskets.iter().flat_map(|basket| &basket.lines);
    let mut products: BTreeMap<String, Product> = sold
        .map(|line| (line.product.clone(), Product::default()))
        .collect();
    for row in rows::<ProductRow>(&folder.join("products.csv"))? {
        let name = present(&row.product_type).or(present(&row.product_category));
        let categories = [&row.department, &row.product_category];
        let product = Product {
            name: name.unwrap_or_default(),
            categories: categories.into_iter().filter_map(present).collect(),
            partner: present(&row.manufacturer_id),
        };
        products.insert(row.product_id, product);
    }
    Ok(products)
}

fn read_baskets(folder: &Path) -> Result<Vec<Basket>, Error> {
    let path = folder.join("lines.csv");
    let mut baskets: Vec<Basket> = Vec::new();
    let mut index: HashMap<String, usize> = HashMap::new();
    for row in rows::<LineRow>(&path)? {
        let line = Line {
            product: row.product_id,
            paid_cents: row.sales_value_cents,
        };
        if let Some(at) = index.get(&row.basket_id) {
            baskets[*at].lines.push(line);
            continue;
        }
        let time =
            NaiveDateTime::parse_from_str(&row.timestamp, "%Y-%m-%dT%H:%M:%S").map_err(|_| {
                Error::Time {
                    path: path.clone(),
                    text: row.timestamp.clone(),
                }
            })?;
        index.insert(row.basket_id.clone(), baskets.len());
        baskets.push(Basket {
            id: row.basket_id,
            store: row.store_id,
            household: row.household_id,
            time,
            lines: vec![line],
            coupons: Vec::new(),
        });
    }
    baskets.sort_by(|one, other| (one.time, &one.id).cmp(&(other.time, &other.id)));
    Ok(baskets)
}

/// Puts each redemption on the household's last basket of its day; a redemption on a day without a
/// basket happened in a store that the data leaves out.
fn scan_redemptions(folder: &Path, baskets: &mut [Basket]) -> Result<(), Error> {
    let mut last_of_day: HashMap<(u32, NaiveDate), usize> = HashMap::new();
    for (at, basket) in baskets.iter().enumerate() {
        last_of_day.insert((basket.household, basket.time.date()), at);
    }
    for row in rows::<RedemptionRow>(&folder.join("coupon_redemptions.csv"))? {
        if let Some(at) = last_of_day.get(&(row.household_id, row.redemption_date)) {
            baskets[*at]
                .coupons
                .push(coupon_text(&row.coupon_upc, row.campaign_id));
        }
    }
    Ok(())
}

/// A coupon whose campaign was sent to nobody does not exist for the tills: an empty list of
/// customers would mean everybody.
fn read_coupons(folder: &Path) -> Result<Vec<Coupon>, Error> {
    let mut sent_to: HashMap<u32, BTreeSet<u32>> = HashMap::new();
    for row in rows::<CampaignRow>(&folder.join("campaigns.csv"))? {
        sent_to
            .entry(row.campaign_id)
            .or_default()
            .insert(row.household_id);
    }
    let windows: HashMap<u32, WindowRow> =
        rows::<WindowRow>(&folder.join("campaign_descriptions.csv"))?
            .into_iter()
            .map(|row| (row.campaign_id, row))
            .collect();
    let mut coupons: BTreeMap<(String, u32), Coupon> = BTreeMap::new();
    for row in rows::<CouponRow>(&folder.join("coupons.csv"))? {
        let (Some(window), Some(households)) =
            (windows.get(&row.campaign_id), sent_to.get(&row.campaign_id))
        else {
            continue;
        };
        coupons
            .entry((row.coupon_upc.clone(), row.campaign_id))
            .or_insert_with(|| Coupon {
                text: coupon_text(&row.coupon_upc, row.campaign_id),
                from: window.start_date,
                until: window.end_date,
                products: BTreeSet::new(),
                households: households.clone(),
            })
            .products
            .insert(row.product_id);
    }
    Ok(coupons.into_values().collect())
}

fn rows<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, Error> {
    let named = |source| Error::Csv {
        path: path.to_owned(),
        source,
    };
    let mut reader = csv::Reader::from_path(path).map_err(named)?;
    reader
        .deserialize()
        .collect::<Result<_, _>>()
        .map_err(named)
}
