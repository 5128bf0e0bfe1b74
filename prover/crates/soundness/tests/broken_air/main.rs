//! Proofs made with an arithmetisation that lacks something (section 6.6 e), from the false witness to the verdict on the receipt: the
//! verifier refuses them, and a verifier that lacks the same accepts them. So it is the missing constraint or interaction, and nothing
//! else, that keeps the false statement out.

#[path = "../rows/mod.rs"]
mod rows;
mod rules;
mod statement;
mod statements;
