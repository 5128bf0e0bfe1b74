using Loom.Runtime;
using Loom.Runtime.Tests;
using Loom.Samples.BankLedger;

namespace Loom.Simulation.Tests;

/// <summary>A whole host: runtime, effects and directory on state files that survive it.</summary>
internal sealed class SimulatedHost
{
    private readonly Simulation _world;

    public SimulatedHost(Simulation world, int incarnation, StateMemory files)
    {
        (_world, Incarnation, Files) = (world, incarnation, files);
        Scheduler = new SimulatedScheduler(world.Time);
        var types = new ActorTypes();
        types.Register(new AccountMachine());
        types.Register(new ErrandMachine());
        var options = new ActorRuntimeOptions
        {
            Scheduler = Scheduler,
            SnapshotEvery = 4,
            MaxActivations = 3,
            IdleTime = TimeSpan.FromSeconds(20),
            MailboxCapacity = 4,
            EffectLanes = 3,
            ActivityLanes = 3,
            Activities = world.Errands.Registry(),
            Jitter = world.Random.NextDouble,
            CursorInterval = TimeSpan.FromMilliseconds(700),
            RetryInterval = TimeSpan.FromMilliseconds(500),
            MaxCommandIds = world.Bug == PlantedBug.ApplyDuplicate ? 0 : 100_000,
        };
        var journal = new SimulatedJournal(world, this);
        Runtime = new ActorRuntime(
            options, journal, world.Leases.For(this), types, world.Time.Clock, world.NewSalt, null, null, files,
            world.Bug == PlantedBug.ReuseFence ? (_, last) => Math.Max(1, last) : Loom.Runtime.Activator.FenceAbove);
        Directory = new ActorDirectory(options, journal, types, world.Time.Clock, null, files);
    }

    public int Incarnation { get; }

    public StateMemory Files { get; }

    public SimulatedScheduler Scheduler { get; }

    public ActorRuntime Runtime { get; }

    public ActorDirectory Directory { get; }

    public bool Alive => !Scheduler.Dead;

    public void Start()
    {
        _ = Scheduler.Run(() => Runtime.StartAsync(CancellationToken.None));
        _ = Scheduler.Run(() => Directory.StartAsync(CancellationToken.None));
    }

    public Task<CommandReply> SendAsync(ActorCommand command) => Scheduler.Run(() => Runtime.SendAsync(command, CancellationToken.None));

    /// <summary>Stops in the middle of whatever it was doing.</summary>
    public void Crash()
    {
        Scheduler.Dead = true;
        _world.Crashed();
        _world.Gone(this);
    }

    public async Task StopAsync()
    {
        await Scheduler.Run(() => Runtime.DrainAsync(TimeSpan.FromSeconds(5), CancellationToken.None));
        await Scheduler.Run(async () => await Directory.DisposeAsync());
        Scheduler.Dead = true;
        _world.Gone(this); // what it could not give back in time runs out
    }
}
