namespace Loom.Hosting.Problems;

/// <summary>Failures of the disk that a caller can do something about.</summary>
internal static class Disk
{
    // ENOSPC and EDQUOT; ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL.
    private static readonly int[] Full = OperatingSystem.IsWindows() ? [0x70, 0x27] : [28, 122];

    public static bool IsFull(Exception e) => e is IOException && Full.Contains(e.HResult & 0xFFFF);
}
