using FFSplit.Cli;

return Application.Run(args);
