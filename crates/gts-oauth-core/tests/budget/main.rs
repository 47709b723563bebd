//! What the protocol costs in memory. In a binary of its own, because counting allocations replaces
//! the allocator.

mod hostile;
mod login;
mod responses;
