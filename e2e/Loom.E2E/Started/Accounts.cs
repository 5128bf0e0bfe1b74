namespace Loom.E2E.Started;

/// <summary>Bank accounts with a history, made through the API.</summary>
public static class Accounts
{
    /// <summary>Opens an account and pays in <paramref name="deposits"/> times: that many transitions and one more.</summary>
    public static async Task<string> WithDepositsAsync(LoomApi api, int deposits)
    {
        var actor = "account-e2e" + Guid.NewGuid().ToString("N")[..8];
        await api.SendAsync(actor, "open", new { owner = "Ada" });
        for (var i = 1; i <= deposits; i++)
        {
            await api.SendAsync(actor, "deposit", new { amount = Amount(i), reference = $"payment {i}" });
        }

        return actor;
    }

    /// <summary>Amounts travel as text in cents.</summary>
    public static string Amount(int cents) => cents.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
