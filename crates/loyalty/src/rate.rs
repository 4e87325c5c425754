//! The first of the two places that divide: rates of amounts, prices of quantities.
