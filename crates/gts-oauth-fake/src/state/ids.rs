//! Ids, secrets and tokens: they look random, and are the same for the same seed.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac_sha256::HMAC;

/// A deterministic source of bytes.
#[derive(Debug)]
pub(crate) struct Ids {
    seed: u64,
    drawn: u64,
    /// Ids of entities are numbers, as on Mastodon.
    numeric: bool,
}

const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CAPITALS: &[u8; 36] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

impl Ids {
    pub(crate) fn new(seed: u64, numeric: bool) -> Self {
        Self { seed, drawn: 0, numeric }
    }

    pub(crate) fn bytes(&mut self) -> [u8; 32] {
        self.drawn += 1;
        HMAC::mac(self.drawn.to_be_bytes(), self.seed.to_be_bytes())
    }

    /// A sortable id of an account, a status, a notification, a file or a token.
    pub(crate) fn entity(&mut self, now: SystemTime) -> String {
        if !self.numeric {
            return self.ulid(now);
        }
        self.drawn += 1;
        let since = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let millis = since.as_millis();
        // Of two ids made in one millisecond, the later one is greater.
        ((millis << 16) + u128::from(self.drawn)).to_string()
    }

    /// A sortable id of 26 characters.
    pub(crate) fn ulid(&mut self, now: SystemTime) -> String {
        let since = now.duration_since(SystemTime::UNIX_EPOCH);
        let millis = since.unwrap_or(Duration::ZERO).as_millis();
        // Of two ids made in one millisecond, the later one sorts after the other.
        let chance = u128::from(self.bytes()[0]);
        let bits = (millis << 80) | (u128::from(self.drawn) << 16) | chance;
        crockford(bits)
    }

    /// A client id: a ULID with a random time.
    pub(crate) fn random_ulid(&mut self) -> String {
        let bytes = self.bytes();
        let mut bits = 0_u128;
        for byte in &bytes[..16] {
            bits = (bits << 8) | u128::from(*byte);
        }
        // Real client ids begin with 01.
        crockford((bits >> 10) | (1 << 120))
    }

    /// A client secret.
    pub(crate) fn uuid(&mut self) -> String {
        let mut bytes = self.bytes();
        bytes[6] = (bytes[6] & 0x0f) | 0x40;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        let hex: String = bytes[..16].iter().map(|b| format!("{b:02x}")).collect();
        let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
        parts.join("-")
    }

    /// A code or a token: 48 capital letters and digits.
    pub(crate) fn token(&mut self) -> String {
        let draws = [self.bytes(), self.bytes()];
        let bytes = draws.iter().flatten().take(48);
        bytes.map(|byte| char::from(CAPITALS[usize::from(*byte) % CAPITALS.len()])).collect()
    }

    /// A code or a refresh token as encrypted, hexadecimal data.
    pub(crate) fn sealed(&mut self) -> String {
        let draws: Vec<String> = (0..10).map(|_| self.hex()).collect();
        format!("def50200{}", draws.concat())
    }

    /// A signed token (JWT).
    pub(crate) fn jwt(&mut self, now: SystemTime) -> String {
        let since = now.duration_since(SystemTime::UNIX_EPOCH);
        let seconds = since.unwrap_or_default().as_secs();
        let claims = format!("{{\"jti\":\"{}\",\"iat\":{seconds}}}", self.hex());
        let signature: Vec<[u8; 32]> = (0..8).map(|_| self.bytes()).collect();
        let parts = [
            URL_SAFE_NO_PAD.encode("{\"typ\":\"JWT\",\"alg\":\"RS256\"}"),
            URL_SAFE_NO_PAD.encode(claims),
            URL_SAFE_NO_PAD.encode(signature.concat()),
        ];
        parts.join(".")
    }

    /// 32 bytes in hexadecimal.
    pub(crate) fn hex(&mut self) -> String {
        self.bytes().iter().map(|b| format!("{b:02x}")).collect()
    }

    /// A unique number.
    pub(crate) fn number(&mut self) -> u64 {
        self.drawn += 1;
        self.drawn
    }

    /// Letters and digits.
    pub(crate) fn alphanumeric(&mut self, length: usize) -> String {
        const CHARACTERS: &[u8; 62] =
            b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        let draws = [self.bytes(), self.bytes()];
        let bytes = draws.iter().flatten().take(length);
        bytes.map(|byte| char::from(CHARACTERS[usize::from(*byte) % CHARACTERS.len()])).collect()
    }

    /// 32 bytes in base64url.
    pub(crate) fn base64url(&mut self) -> String {
        URL_SAFE_NO_PAD.encode(self.bytes())
    }
}

fn crockford(bits: u128) -> String {
    (0..26).rev().map(|place| char::from(CROCKFORD[(bits >> (place * 5)) as usize & 31])).collect()
}
