global using Console = Loom.E2E.Started.Console;
