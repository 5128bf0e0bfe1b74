using Loom.Hosting;

var builder = LoomHost.CreateBuilder(args);
builder.Machines.Add(new Loom.Samples.OwnHost.TurnstileMachine());
return await builder.RunAsync();
