using BenchmarkDotNet.Running;

// In this process: a project made and built below the repository would be held to its lock files, and libtorch is mended in here.
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(["--inProcess", "--memory", .. args]);
