using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Loom.Runtime;

/// <summary>The activities that a host can carry out, by name. Thread-safe; more may be registered while the host runs.</summary>
public sealed class ActivityRegistry
{
    private const int MaxName = 100;
    private readonly ConcurrentDictionary<string, IActivity> _activities = new(StringComparer.Ordinal);

    /// <summary>The names, sorted.</summary>
    public IReadOnlyList<string> Names => [.. _activities.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Adds an activity.</summary>
    /// <exception cref="ArgumentException">The name is no name, or the policy no policy.</exception>
    /// <exception cref="InvalidOperationException">The name is taken.</exception>
    public void Register(string name, IActivity activity)
    {
        ArgumentNullException.ThrowIfNull(activity);
        if (name is not { Length: >= 1 and <= MaxName } || name.AsSpan().ContainsAnyExcept("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"))
        {
            throw new ArgumentException($"'{name}' is no activity's name: 1 to {MaxName} letters, digits, '.', '_' and '-'.", nameof(name));
        }

        _ = activity.Policy.Checked();
        if (!_activities.TryAdd(name, activity))
        {
            throw new InvalidOperationException($"The activity '{name}' is registered already.");
        }
    }

    /// <summary>Adds a delegate that takes and gives bytes.</summary>
    /// <inheritdoc cref="Register(string, IActivity)"/>
    public void Register(string name, Func<ActivityCall, CancellationToken, Task<ActivityResult>> run, ActivityPolicy? policy = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        Register(name, new DelegateActivity(run, policy ?? ActivityPolicy.Default));
    }

    /// <summary>Adds a delegate that takes and gives values; a request that does not fit is given up at once, as <c>invalid-request</c>.</summary>
    /// <inheritdoc cref="Register(string, IActivity)"/>
    public void Register<TRequest, TResult>(
        string name, JsonTypeInfo<TRequest> request, JsonTypeInfo<TResult> result, Func<TRequest, ActivityCall, CancellationToken, Task<TResult>> run, ActivityPolicy? policy = null)
        where TRequest : notnull
    {
        ArgumentNullException.ThrowIfNull(run);
        Register(
            name,
            async (call, cancellationToken) =>
                new ActivityResult(JsonSerializer.SerializeToUtf8Bytes(await run(Read(call, request), call, cancellationToken), result)),
            policy);
    }

    /// <summary>The activity of a name.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out IActivity? activity) => _activities.TryGetValue(name, out activity);

    private static TRequest Read<TRequest>(ActivityCall call, JsonTypeInfo<TRequest> type)
    {
        try
        {
            return JsonSerializer.Deserialize(call.Data.Span, type) ?? throw new JsonException("The request is null.");
        }
        catch (JsonException e)
        {
            throw new ActivityException("invalid-request", $"The request does not fit the activity '{call.Activity}'{(e.Path is { } path ? $", at {path}" : "")}.", retry: false, e);
        }
    }

    private sealed class DelegateActivity(Func<ActivityCall, CancellationToken, Task<ActivityResult>> run, ActivityPolicy policy) : IActivity
    {
        public ActivityPolicy Policy => policy;

        public Task<ActivityResult> RunAsync(ActivityCall call, CancellationToken cancellationToken) => run(call, cancellationToken);
    }
}
