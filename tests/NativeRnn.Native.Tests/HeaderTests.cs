using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace NativeRnn.Native.Tests;

public sealed class HeaderTests
{
    private static readonly string Header = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "nativernn.h"));

    [Fact]
    public void Header_DeclaresEveryFunctionAndNoOther()
    {
        IEnumerable<string?> exported = new[] { typeof(ModelExports), typeof(SessionExports) }
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static))
            .Select(method => method.GetCustomAttribute<UnmanagedCallersOnlyAttribute>()?.EntryPoint)
            .Where(name => name is not null);
        IEnumerable<string> declared = Regex.Matches(Header, @"^nativernn_status (nativernn_\w+)\(", RegexOptions.Multiline).Select(match => match.Groups[1].Value);

        Assert.Equal(exported.Order(), declared.Order());
    }

    [Fact]
    public void Header_NumbersTheStatusesAlike()
    {
        var declared = Regex.Matches(Header, @"NATIVERNN_([A-Z_]+) = (\d+),?(?=.*\n(?: +NATIVERNN|\} nativernn_status))")
            .Select(match => (Name: match.Groups[1].Value.Replace("_", ""), Value: int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture)))
            .Where(entry => !entry.Name.EndsWith("STATE", StringComparison.Ordinal));

        Assert.Equal(Enum.GetValues<Status>().Select(status => (status.ToString().ToUpperInvariant(), (int)status)), declared);
    }
}
