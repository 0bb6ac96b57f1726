using System.CommandLine;

namespace Imgsync.Cli.CommandLine;

/// <summary>What people type: the end of every help page, and of the man page. A test parses each of them.</summary>
internal static class Examples
{
    private static readonly (string Command, string Line, string What)[] All =
    [
        ("", "imgsync config check", "can it sign in, read and write?"),
        ("", "imgsync plan debian12 ubuntu24", "what would be done; changes nothing"),
        ("", "imgsync sync debian12 ubuntu24", "do it"),
        ("", "imgsync status", "how the images stand, and what is wrong now"),
        ("", "imgsync help sync", "all about one command"),
        ("sync", "imgsync sync", "everything that the settings name, in every cloud"),
        ("sync", "imgsync sync debian12 --cloud east", "one distribution in one cloud"),
        ("sync", "imgsync sync --filter family=debian,ubuntu", "some of what the settings name"),
        ("sync", "imgsync sync --dry-run", "the same as imgsync plan"),
        ("sync", "imgsync sync ubuntu24 --download-only", "verify and stage; no cloud is needed"),
        ("plan", "imgsync plan", "everything that the settings name"),
        ("plan", "imgsync plan --detailed-exitcode", "2 when there is something to do"),
        ("serve", "imgsync serve", "stays, and syncs every six hours"),
        ("serve", "imgsync serve --schedule '15 3 * * *' --once-at-start", "now, and every night"),
        ("serve", "imgsync serve --health 0.0.0.0:8086", "answers a monitor elsewhere"),
        ("list", "imgsync list", "the keys that sync and plan take"),
        ("list", "imgsync list --filter arch=arm64 --filter signed=yes", "some of them"),
        ("list", "imgsync list --json", "the same for programs"),
        ("resolve", "imgsync resolve debian12", "the newest revision, its digest and who signed it"),
        ("images", "imgsync images --cloud east", "our images in one cloud"),
        ("images", "imgsync images --check scs", "what the standard scs-0102 asks for and they lack"),
        ("verify", "imgsync verify --cloud east", "is every image of ours what it says?"),
        ("verify", "imgsync verify --deep", "reads each back from Glance and hashes it"),
        ("status", "imgsync status", "per distribution and cloud"),
        ("status", "imgsync status --max-age 26h", "one line for Nagios and Icinga; ends with 0, 1, 2 or 3"),
        ("report", "imgsync report --html /var/www/html/imgsync.html", "a page for a browser, from cron after each run"),
        ("runs", "imgsync runs", "when, how long, and what came of it"),
        ("runs", "imgsync runs last", "the report of one run"),
        ("metrics", "imgsync metrics --output /var/lib/prometheus/node-exporter/imgsync.prom", "for node-exporter's textfile collector"),
        ("config show", "imgsync config show --set publish.keep=3", "every setting, and where it comes from"),
        ("config check", "imgsync config check --cloud east", ""),
        ("config import", "imgsync config import /etc/imgsync/imgsync.conf --output imgsync.json", "from the Python tool"),
        ("catalog check", "imgsync catalog check catalog.json", "its faults, or what its entries ask for"),
        ("catalog add", "imgsync catalog add https://images.example.org/acme/acme-7.2.qcow2", "into the catalogue file of the settings"),
        ("catalog add", "imgsync catalog add /srv/images/golden.qcow2 --login admin --dry-run", "shows the entry, writes nothing"),
        ("catalog update-check", "imgsync catalog update-check", "the whole catalogue, for a weekly job"),
        ("catalog update-check", "imgsync catalog update-check 'family:rocky'", ""),
        ("notify test", "imgsync notify test", "does a message arrive?"),
        ("completion", "imgsync completion bash > /etc/bash_completion.d/imgsync", ""),
        ("completion", "imgsync completion zsh > /usr/local/share/zsh/site-functions/_imgsync", ""),
        ("completion", "imgsync completion fish > ~/.config/fish/completions/imgsync.fish", ""),
    ];

    /// <summary>Those of a command, each with what it is for, which may be empty.</summary>
    public static IEnumerable<(string Line, string What)> Of(Command command)
    {
        var path = Path(command);
        return All.Where(example => example.Command == path).Select(example => (example.Line, example.What));
    }

    public static IEnumerable<string> Lines => All.Select(example => example.Line);

    /// <summary>A command's words without the program's name: <c>config check</c>.</summary>
    public static string Path(Command command) => command is RootCommand
        ? ""
        : string.Join(' ', command.Parents.OfType<Command>().Select(Path).Append(command.Name).Where(word => word is not ""));
}
