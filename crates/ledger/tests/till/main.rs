//! The till's file as the rest of the till sees it: real files, real commits.

mod bootstrapping;
mod branching;
mod counter;
mod deriving;
mod erasing;
mod experiment;
mod kinds;
mod leading;
mod lease;
mod opening;
mod people;
mod recording;
mod restoring;
mod rewarding;
mod searching;
mod sending;
mod server;
mod syncing;
mod undoing;
