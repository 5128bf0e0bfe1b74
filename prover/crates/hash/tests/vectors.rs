//! SHA-256 against the standard's vectors, and every backend against the plain one.
use loom_hash::{Backend, Batch, Digest, LANES, Sha256, digest};
use testing::Seeds;

const BACKENDS: [Backend; 3] = [Backend::Scalar, Backend::ShaExtensions, Backend::Avx2];

fn hex(digest: Digest) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn with(backend: Backend, message: &[u8]) -> Digest {
    let mut hash = Sha256::with_backend(backend);
    hash.update(message);
    hash.finish()
}

#[test]
fn the_vectors_of_the_standard() {
    let vectors: [(&[u8], &str); 4] = [
        (b"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (b"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
        (
            b"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1",
        ),
    ];
    for backend in BACKENDS {
        for (message, expected) in vectors {
            assert_eq!(hex(with(backend, message)), expected, "{backend:?}");
        }
        let million = vec![b'a'; 1_000_000];
        assert_eq!(hex(with(backend, &million)), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0", "{backend:?}");
    }
    assert_eq!(hex(digest(b"loom/stark/v1")), "e05f9e343e97a71b0bee48fe82d2cedc38c6b2158bf3aaea9857501b6c510b99");
}

#[test]
fn pieces_of_any_length_make_the_same_digest_on_every_backend() {
    let seeds = Seeds::new("pieces_of_any_length_make_the_same_digest_on_every_backend");
    let mut random = seeds.random(0);
    for len in (0..300).chain([1000, 4096, 65_537]) {
        let message = random.bytes(len);
        let expected = with(Backend::Scalar, &message);
        for backend in BACKENDS {
            assert_eq!(with(backend, &message), expected, "{backend:?}, {len} bytes");
            let (mut hash, mut rest) = (Sha256::with_backend(backend), &message[..]);
            while !rest.is_empty() {
                let (piece, after) = rest.split_at(1 + random.index(rest.len()));
                hash.update(piece);
                rest = after;
            }
            assert_eq!(hash.finish(), expected, "{backend:?}, {len} bytes in pieces");
        }
    }
}

#[test]
fn eight_messages_at_once_are_eight_messages() {
    let seeds = Seeds::new("eight_messages_at_once_are_eight_messages");
    let mut random = seeds.random(0);
    for words in 0..70 {
        let columns: Vec<[u64; LANES]> = (0..words).map(|_| std::array::from_fn(|_| random.next())).collect();
        let previous: [Digest; LANES] = std::array::from_fn(|_| random.bytes(32).try_into().expect("32 bytes"));
        let expected: [Digest; LANES] = std::array::from_fn(|lane| {
            let mut message = 7u64.to_le_bytes().to_vec();
            message.extend(previous[lane]);
            message.extend(columns.iter().flat_map(|column| column[lane].to_le_bytes()));
            with(Backend::Scalar, &message)
        });
        for backend in BACKENDS {
            let mut batch = Batch::with_backend(backend);
            batch.push_all(7);
            batch.push_digests(|lane| &previous[lane]);
            columns.iter().for_each(|column| batch.push(column));
            assert_eq!(batch.finish(), expected, "{backend:?}, {words} words");
        }
    }
}
