namespace Imgsync.Core.Configuration.Sources;

/// <summary>An <c>imgsync.conf</c> of the original tool, in our words.</summary>
/// <param name="Settings">What <c>[DEFAULT]</c> says.</param>
/// <param name="Cloud">What <c>[keystone_auth]</c> says.</param>
internal sealed record OriginalSettings(SettingNode Settings, SettingNode Cloud)
{
    /// <summary>All that the original's last version, 2.1.0, knows: what it syncs by a file that names none.</summary>
    private const string DefaultDistributions = "ubuntu18,ubuntu20,ubuntu22,ubuntu24,debian11,debian12,debian-testing";

    private static readonly string[] Gone = ["centos6", "centos7", "ubuntu14", "ubuntu16", "debian9", "debian10"];

    private static readonly Dictionary<string, string> Plain = new(StringComparer.Ordinal)
    {
        ["prefix"] = "publish:prefix",
        ["debug"] = "log:debug",
    };

    public static OriginalSettings None { get; } = new(SettingNode.Root(Origin.File("")), SettingNode.Root(Origin.File("")));

    public static OriginalSettings Read(string path, ICollection<string> faults, ICollection<string> warnings)
    {
        // What is not set is shown like this in the original's own sample.
        var options = OsloFile.Read(path).Where(option => option.Value is not ("" or "<None>")).ToList();
        foreach (var option in options)
        {
            if (OriginalNames.Complaint(option) is { } complaint)
                faults.Add($"{option} ({path}) {complaint}");
        }

        var meaningless = options.Where(OriginalNames.IsMeaningless).Select(option => $"{option}").ToHashSet(StringComparer.Ordinal);
        if (meaningless.Count > 0)
            warnings.Add($"{path} sets {string.Join(", ", meaningless)}: that has no meaning here and is passed over.");

        var general = options.Where(option => option.Section is "DEFAULT").ToList();
        var settings = Translate(general, path, warnings);
        OriginalLog.Translate(general, path, settings, faults);
        var cloud = OriginalCloud.Translate([.. options.Where(option => option.Section is "keystone_auth")], path);
        return new OriginalSettings(settings, cloud);
    }

    private static SettingNode Translate(List<OsloOption> options, string path, ICollection<string> warnings)
    {
        var settings = SettingNode.Root(Origin.File(path));
        foreach (var option in options)
        {
            if (Plain.TryGetValue(option.Name, out var key))
                settings.Set(key, option.Value, Origin.NamedInFile(option.ToString(), path));
        }

        AddList(settings, "publish:properties", Items(options, "properties"), Origin.NamedInFile("[DEFAULT] properties", path));

        var origin = Origin.NamedInFile("[DEFAULT] distributions", path);
        var named = Items(options, "distributions").Select(name => name is "debiantesting" ? "debian-testing" : name).ToList();
        var gone = named.Intersect(Gone, StringComparer.Ordinal).ToList();
        if (gone.Count > 0)
            warnings.Add($"[DEFAULT] distributions ({path}) names {string.Join(", ", gone)}, which the catalogue has no more: left out.");
        if (named.Count == 0)
            settings.Set("distributions", DefaultDistributions, origin with { Where = $"{path}, the Python tool's default" });
        else
            AddList(settings, "distributions", named.Except(Gone, StringComparer.Ordinal), origin);
        return settings;
    }

    private static IEnumerable<string> Items(List<OsloOption> options, string name) => options
        .Where(option => string.Equals(option.Name, name, StringComparison.Ordinal))
        .SelectMany(option => option.Value.Split([',', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    private static void AddList(SettingNode settings, string key, IEnumerable<string> items, Origin origin)
    {
        foreach (var (position, item) in items.Index())
            settings.Set($"{key}:{position}", item, origin);
    }
}

/// <summary>Where the original's logging library, oslo.log, writes. A place that we do not write to is a fault: a log that
/// its reader waits for must not go elsewhere.</summary>
internal static class OriginalLog
{
    private static readonly Dictionary<string, string> Elsewhere = new(StringComparer.Ordinal)
    {
        ["use_syslog"] = "sends the log to syslog, which imgsync does not write to: take it out, and let logger read standard error, "
            + "as in imgsync sync 2>&1 >/dev/null | logger -t imgsync",
        ["use_journal"] = "sends the log to the systemd journal, which imgsync does not write to: take it out, and run imgsync as a "
            + "systemd service or with systemd-cat, whose standard error goes there",
        ["use_eventlog"] = "sends the log to the event log of Windows, which imgsync does not write to: take it out",
    };

    public static void Translate(IReadOnlyList<OsloOption> options, string path, SettingNode settings, ICollection<string> faults)
    {
        var folder = Last("log_dir", "logdir");
        if ((Last("log_file", "logfile") ?? folder) is { } written)
        {
            var file = ReferenceEquals(written, folder) ? "imgsync.log" : written.Value;
            settings.Set("log:file", Path.Combine(folder?.Value ?? "", file), Origin.NamedInFile(written.ToString(), path));
        }

        foreach (var (name, complaint) in Elsewhere)
        {
            if (Last(name) is not { } option)
                continue;
            var (isOn, fault) = SettingText.Parse(typeof(bool), option.Value);
            if (fault is not null || isOn is true)
                faults.Add($"{option} ({path}) {(fault is null ? complaint : $"is '{option.Value}': it {fault}")}.");
        }

        if (Last("log_config_append", "log_config") is { } configured)
        {
            faults.Add($"{configured} ({path}) leaves the log to a configuration of Python's, which imgsync cannot read: "
                + "take it out, and set log_file to write a file.");
        }

        OsloOption? Last(params string[] names) => options.LastOrDefault(option => names.Contains(option.Name, StringComparer.Ordinal));
    }
}

/// <summary>The original's <c>[keystone_auth]</c> as a cloud of ours.</summary>
internal static class OriginalCloud
{
    public static SettingNode Translate(IReadOnlyList<OsloOption> options, string path)
    {
        var cloud = SettingNode.Root(Origin.File(path));
        foreach (var option in options.OrderBy(option => KeystoneWords.Weight(option.Name)))
        {
            var origin = Origin.NamedInFile(option.ToString(), path);
            if (option.Name is "timeout")
                cloud.Set("timeout", option.Value + "s", origin);
            else if (KeystoneWords.KeyOf(option.Name) is { } key)
                cloud.Set(key, option.Value, origin);
        }

        foreach (var option in options.Where(option => option.Name is KeystoneWords.DefaultDomainId or KeystoneWords.DefaultDomainName))
            KeystoneWords.SpreadDefaultDomain(cloud, option.Name, option.Value, Origin.NamedInFile(option.ToString(), path));
        return cloud;
    }
}

/// <summary>
/// The options the original knows. Those of its logging library and of its HTTP session configure parts that do not exist here;
/// telling them from misspelt ones is all we need them for.
/// </summary>
internal static class OriginalNames
{
    private static readonly Dictionary<string, string[]> Understood = new(StringComparer.Ordinal)
    {
        ["DEFAULT"] =
        [
            "prefix", "properties", "distributions", "debug", "log_file", "logfile", "log_dir", "logdir", "log_config_append", "log_config",
            "use_syslog", "use_journal", "use_eventlog",
        ],
        ["keystone_auth"] = ["timeout", .. KeystoneWords.Known],
    };

    private static readonly Dictionary<string, string[]> Meaningless = new(StringComparer.Ordinal)
    {
        ["DEFAULT"] =
        [
            "config_dir", "config_file", "config_source", "default_log_levels", "fatal_deprecations", "instance_format",
            "instance_uuid_format", "log_color", "log_date_format", "log_format", "log_rotate_interval",
            "log_rotate_interval_type", "log_rotation_type", "logging_context_format_string",
            "logging_debug_format_suffix", "logging_default_format_string", "logging_exception_prefix", "logging_user_identity_format",
            "max_logfile_count", "max_logfile_size_mb", "publish_errors", "rate_limit_burst", "rate_limit_except_level",
            "rate_limit_interval", "syslog_log_facility", "use_json", "use_stderr", "use_syslog_rfc_format", "verbose",
            "watch_log_file",
        ],
        ["keystone_auth"] = ["auth_section", "collect_timing", "split_loggers"],
        ["centos6"] = ["download"],
        ["centos7"] = ["download"],
    };

    public static bool IsMeaningless(OsloOption option) =>
        Meaningless.GetValueOrDefault(option.Section, []).Contains(option.Name, StringComparer.Ordinal);

    /// <summary>Null for an option the original knows.</summary>
    public static string? Complaint(OsloOption option)
    {
        string[] sections = [.. Understood.Keys.Union(Meaningless.Keys, StringComparer.Ordinal)];
        if (!sections.Contains(option.Section, StringComparer.Ordinal))
            return $"stands in a section that imgsync.conf does not have{NearestName.Hint(option.Section, sections)}.";

        string[] names = [.. Understood.GetValueOrDefault(option.Section, []), .. Meaningless.GetValueOrDefault(option.Section, [])];
        return names.Contains(option.Name, StringComparer.Ordinal)
            ? null
            : $"is not an option of imgsync.conf{NearestName.Hint(option.Name, names)}.";
    }
}
