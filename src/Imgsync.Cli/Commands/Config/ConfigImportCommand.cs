using System.CommandLine;
using Imgsync.Core;
using Imgsync.Core.Configuration;
using Imgsync.Core.Configuration.Forms;
using Imgsync.Core.Configuration.Loading;
using Imgsync.Core.Configuration.Sources;

namespace Imgsync.Cli.Commands.Config;

/// <summary><c>imgsync config import</c>: an <c>imgsync.conf</c> of the original tool in the new form.</summary>
internal static class ConfigImportCommand
{
    public static Command Create(Terminal terminal)
    {
        var file = new Argument<FileInfo>("file")
        {
            Description = "The Python tool's imgsync.conf. Nothing else is read, the environment neither.",
        };
        var output = new Option<string?>("--output", "-o")
        {
            Description = "Write the imgsync.json here; - is standard output, the default.",
            HelpName = "FILE",
        };
        var azure = new Option<string?>("--azure")
        {
            Description = "Write the app settings of an Azure Functions app here; - is standard output.",
            HelpName = "FILE",
        };
        var vault = new Option<string?>("--vault")
        {
            Description = "The key vault that the app settings refer to for secrets.",
            HelpName = "NAME",
        };
        var force = new Option<bool>("--force") { Description = "Overwrite files that are there." };
        var command = new Command(
            "import", "Writes the Python tool's imgsync.conf as an imgsync.json, as the app settings of an Azure "
                + "Functions app, or as both.")
        {
            file, output, azure, vault, force,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(azure) is not null && result.GetValue(vault) is null)
                result.AddError("--azure needs --vault NAME: secrets are not written into app settings, only references to a key vault.");
            if (result.GetValue(azure) is "-" && result.GetValue(output) is "-")
                result.AddError("Only one of --output and --azure can go to standard output.");
        });
        command.SetAction((parsed, _) =>
        {
            var options = Read(parsed.GetValue(file)!, terminal);
            var documents = new Documents(terminal, parsed.GetValue(force), [parsed.GetValue(output), parsed.GetValue(azure)]);
            if (parsed.GetValue(output) is not null || parsed.GetValue(azure) is null)
                WriteOwn(options, parsed.GetValue(output) ?? Documents.StandardOutput, documents, terminal);
            if (parsed.GetValue(azure) is { } target)
                WriteAzure(new AzureForm(options, parsed.GetValue(vault)!), parsed.GetValue(vault)!, target, documents, terminal);
            return Task.FromResult(ExitCode.Good);
        });
        return command;
    }

    private static ImgsyncOptions Read(FileInfo file, Terminal terminal)
    {
        if (file.Extension is not (".conf" or ".ini"))
            throw new ConfigurationException(
                $"{file} is imported as the Python tool's imgsync.conf, whose name ends in .conf or .ini: rename it if it is one.");

        var configuration = OptionsLoader.Load(new ConfigurationSources { File = file.FullName });
        foreach (var warning in configuration.Warnings)
            terminal.Tell(warning);
        return configuration.Options;
    }

    private static void WriteOwn(ImgsyncOptions options, string target, Documents documents, Terminal terminal)
    {
        var isSeen = target is Documents.StandardOutput && Terminal.IsAnswerWatched;
        documents.Write(target, JsonForm.Write(options, revealSecrets: !isSeen), isSecret: true);
        if (isSeen)
            terminal.Tell("Secrets are masked on a screen: write to a file with --output to have them.");
        else if (options.Clouds.Any(
            cloud => (cloud.Auth.Password ?? cloud.Auth.ApplicationCredentialSecret ?? cloud.Auth.Token) is not null))
            terminal.Tell(
                "The new form holds what signs in, as the old one did: keep it from others, or move that to OS_PASSWORD or secure.yaml.");
    }

    private static void WriteAzure(AzureForm form, string vault, string target, Documents documents, Terminal terminal)
    {
        documents.Write(target, form.Write(), isSecret: false);
        foreach (var warning in form.Warnings)
            terminal.Tell(warning);
        foreach (var secret in form.Secrets)
            terminal.Tell(
                $"Put the secret into the vault: az keyvault secret set --vault-name {vault} --name {secret} --encoding utf-8 --file FILE");
    }
}
