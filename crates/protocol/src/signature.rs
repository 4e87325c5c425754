//! Who said it: Ed25519 over a request or a reply.
