using FFSplit.Experiments.Reports;

namespace FFSplit.Torch.Tests.Experiments;

public sealed class MachineTest : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("processor\t: 0\nmodel name\t: A: fast one\nflags\t: fpu\n", "A: fast one")]
    [InlineData("processor\t: 0\nBogoMIPS\t: 50\n", null)]
    [InlineData("model name\t:\n", null)]
    public void The_processors_name_is_what_Linux_says(string cpuInfo, string? name)
        => Assert.Equal(name, Machine.NameIn(_folder.Write("cpuinfo", cpuInfo)));

    [Fact]
    public void A_machine_always_has_a_name()
    {
        Assert.Null(Machine.NameIn(_folder.File("none")));
        var machine = Machine.Current(3);
        Assert.NotEmpty(machine.Processor);
        Assert.Equal((Environment.ProcessorCount, 3), (machine.Cores, machine.Threads));
        Assert.Contains(".NET 10", machine.System, StringComparison.Ordinal);
    }
}
