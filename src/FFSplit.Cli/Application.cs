using System.CommandLine;
using System.CommandLine.Help;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using FFSplit.Cli.Options;
using FFSplit.Cli.Rendering;
using FFSplit.Cli.Verbs;

namespace FFSplit.Cli;

/// <summary>Parses the command line, runs a verb, and ends with its exit code.</summary>
static class Application
{
    public static int Run(string[] args)
    {
        CultureInfo.CurrentCulture = CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
        CultureInfo.CurrentUICulture = CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.InvariantCulture;
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        var global = new GlobalOptions();
        var root = Root(global);
        var parse = root.Parse(args);
        var verb = parse.CommandResult.Command as Verb;
        var asksForHelp = parse.Action is HelpAction or ExampleHelpAction || parse.Action?.ClearsParseErrors == true;
        if (!asksForHelp && parse.Errors.Count > 0) return ParseErrors.Report(parse, Console.Error, verb?.Name);
        if (asksForHelp || verb is null) return parse.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });

        using var cancel = new CancellationTokenSource();
        // The second signal ends the process the ordinary way. System.CommandLine's own handling would give up after two seconds.
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = !cancel.IsCancellationRequested;
            cancel.Cancel();
        }
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var progress = new ConsoleProgress(Console.Error, Terminals.ErrorIsTerminal);
        try
        {
            return verb.Execute(parse, global.Context(parse, progress, cancel.Token));
        }
        catch (Exception e)
        {
            progress.Finish();
            return Failures.Report(e, Console.Error, verb.Name);
        }
    }

    static RootCommand Root(GlobalOptions global)
    {
        var root = new RootCommand("Finds the heavy hitters of a language model, compresses it, and proves what that cost.\n"
            + "Every verb takes --json, --threads, --seed and --force. Exit codes: 0 fine, 1 a check failed, 2 bad usage, 3 bad input, 4 "
            + "the machine (disk, memory), "
            + "5 a fault of ffsplit, 130 cancelled.");
        foreach (var verb in (Verb[])[new InspectVerb(), new AnalyzeVerb(), new MergeVerb(), new PlanVerb(), new CompressVerb(), new QuantizeVerb(),
            new ExportVerb(), new RunVerb(), new EmbedVerb(), new GenerateVerb(), new EvaluateVerb(), new BenchVerb(), new FinetuneVerb(),
            new ExperimentVerb(), new ReportVerb(), new DemoVerb()])
            root.Subcommands.Add(verb);
        global.AddTo(root);
        foreach (var help in root.Options.OfType<HelpOption>())
            if (help.Action is HelpAction action) help.Action = new ExampleHelpAction(action);
        return root;
    }
}
