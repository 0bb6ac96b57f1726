using System.CommandLine;

namespace Imgsync.Cli.Commands.Catalog;

/// <summary><c>imgsync catalog</c>: for whoever writes a catalogue file.</summary>
internal static class CatalogCommand
{
    public static Command Create(SharedOptions shared, Terminal terminal) => new(
        "catalog", "Writes entries into catalogue files, checks them, and compares entries with upstream.")
    {
        CatalogAddCommand.Create(shared, terminal),
        CatalogCheckCommand.Create(shared, terminal),
        CatalogUpdateCheckCommand.Create(shared, terminal),
    };
}
