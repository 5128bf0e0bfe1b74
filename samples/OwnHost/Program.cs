var builder = Loom.Hosting.LoomHost.CreateBuilder(args);
builder.Machines.Add(new Loom.Samples.OwnHost.TurnstileMachine());
Loom.Samples.OwnHost.Pager.Register(builder.Activities);
return await builder.RunAsync();
