return await Loom.Hosting.LoomHost.CreateBuilder(args).RunAsync();
