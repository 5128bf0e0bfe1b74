Console.Error.WriteLine("usage: benchmarks are started by loom bench"); return 64;
