using System.CommandLine;
using Loom.Cli.Output;

namespace Loom.Cli.Commands;

/// <summary><c>loom completions SHELL</c>: a script for the shell's startup file. It asks this program through the <c>[suggest]</c> directive.</summary>
internal static class CompletionsCommand
{
    private static readonly Dictionary<string, string> Scripts = new(StringComparer.Ordinal)
    {
        ["bash"] = """
            # loom completions for bash: loom completions bash >> ~/.bashrc
            _loom_completions() {
              local IFS=$'\n'
              COMPREPLY=( $(compgen -W "$("${COMP_WORDS[0]}" "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}") )
            }
            complete -o default -F _loom_completions loom
            """,
        ["zsh"] = """
            # loom completions for zsh: loom completions zsh >> ~/.zshrc
            _loom_completions() {
              local -a found
              found=("${(@f)$("${words[1]}" "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
              compadd -- $found
              [[ -n $found ]] || _files
            }
            compdef _loom_completions loom
            """,
        ["fish"] = """
            # loom completions for fish: loom completions fish > ~/.config/fish/completions/loom.fish
            function __loom_completions
                set -l line (commandline -cp)
                loom "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
            end
            complete -c loom -a '(__loom_completions)'
            """,
        ["pwsh"] = """
            # loom completions for PowerShell: loom completions pwsh >> $PROFILE
            Register-ArgumentCompleter -Native -CommandName loom -ScriptBlock {
                param($wordToComplete, $commandAst, $cursorPosition)
                loom "[suggest:$cursorPosition]" "$commandAst" 2>$null |
                    Where-Object { $_ -like "$wordToComplete*" } |
                    ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
            }
            """,
    };

    public static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh, fish or pwsh." };
        shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        return new Command("completions", "Print a completion script for a shell.") { shell }.Runs(i =>
        {
            i.Line(Scripts[i.Required(shell)]);
            return ExitCodes.Ok;
        });
    }
}
