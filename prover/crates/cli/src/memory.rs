//! The memory of this machine, where the system tells: what a proof may take when nobody says.
use std::fs::read_to_string;

/// What a proof may take unless another number is given: 60 % of what the machine, or the group that this process runs in, has (section 6.3).
/// `None` where the system does not tell.
pub fn share() -> Option<u64> {
    least(|path| read_to_string(path).ok()).map(|bytes| bytes / 10 * 6)
}

/// The least of the limits that the files name.
fn least(read: impl Fn(&str) -> Option<String>) -> Option<u64> {
    let all = read("/proc/meminfo").and_then(|text| {
        let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:")?.trim().strip_suffix("kB"))?;
        line.trim().parse::<u64>().ok()?.checked_mul(1024)
    });
    let group = |path: &str| read(path).and_then(|text| text.trim().parse::<u64>().ok());
    let groups = [group("/sys/fs/cgroup/memory.max"), group("/sys/fs/cgroup/memory/memory.limit_in_bytes")];
    groups.into_iter().chain([all]).flatten().min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_limit_counts() {
        let of = |files: &'static [(&'static str, &'static str)]| {
            least(move |path| files.iter().find(|(name, _)| *name == path).map(|(_, text)| (*text).to_owned()))
        };
        const ALL: (&str, &str) = ("/proc/meminfo", "MemFree: 1 kB\nMemTotal:       2048 kB\n");
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[ALL]), Some(2 << 20));
        assert_eq!(of(&[ALL, ("/sys/fs/cgroup/memory.max", "max\n")]), Some(2 << 20));
        assert_eq!(of(&[ALL, ("/sys/fs/cgroup/memory.max", "1048576\n")]), Some(1 << 20));
        assert_eq!(of(&[ALL, ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n")]), Some(2 << 20));
    }
}
