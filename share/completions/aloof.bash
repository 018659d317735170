# bash completion for aloof(1)

_aloof() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
    local options='--once --plain -n --boxes --box --boxed -x --exitfirst --maxfail --retries --timeout -k -m --include --exclude --load-list --exclude-list --failing --shard --order --serial --repeat --until-failure --partial --subunit --junit
        --locations --recipe --python --environment --color --notify -c -h --help --version'
    local keys='boxes= box= maxfail= retries= timeout= grace= report.locations= recipe= python= environment= color= editor.command= editor.window= output.limit= files.command= history.keep=
        loop.scope= watch.settle= warm= runner.args= notify.how= notify.command= terminal.title= terminal.mouse= ui.motion= ui.plain= ui.wrap= key. bind.'

    local formats='subunit tap go libtest-json jest mocha mocha-stream gtest-json meson rspec minitest nextest-list junit libtest node-spec gtest unittest subunit1 catch2 check ctest'

    # what `aloof --help` lists
    local commands='init doctor last failing list slowest flaky runs show diff history report forget prune load bisect profile convert emit ls mux stats'
    local targets='json subunit subunit1 tap junit csv'
    local statuses='exists inprogress success uxsuccess skip fail xfail'
    local input='--from --only --except --rename --tag --no-passthrough'
    local command=
    ((COMP_CWORD > 1)) && command=${COMP_WORDS[1]}
    case $command in
    init) options='--stdout -h --help' ;;
    doctor) options='-h --help' ;;
    load) options+=' --from' ;;
    bisect) options+=' --commits --checks --json' ;;
    profile) options+=' --open --json' ;;
    convert) options="--to $input -h --help" ;;
    emit) options='--file --mime --tag --route --not-runnable --time --no-time --to -h --help' ;;
    ls) options="--exists --times -0 --null $input -h --help" ;;
    mux) options='--from -h --help' ;;
    last | show) options='--all --no-traces --json -h --help' ;;
    failing) options='--list --no-traces --json -h --help' ;;
    flaky) options='--list --json -h --help' ;;
    list | diff | forget) options='--json -h --help' ;;
    slowest) options='-n --limit --all --cpu --waiting --json -h --help' ;;
    prune) options='--keep --json -h --help' ;;
    runs | history) options='-n --limit --all --json -h --help' ;;
    report) options='--html -h --help' ;;
    stats) options="--history --json $input -h --help" ;;
    *) command= ;;
    esac

    # "--box=te" comes as the words --box, =, te.
    if [[ $cur == = ]]; then
        cur=
    elif [[ $prev == = ]]; then
        prev=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    case $command$prev in
    load--from | convert--from | ls--from | mux--from | stats--from)
        COMPREPLY=($(compgen -W "$formats" -- "$cur"))
        return
        ;;
    convert--to)
        COMPREPLY=($(compgen -W "$targets" -- "$cur"))
        return
        ;;
    *--only | *--except)
        COMPREPLY=($(compgen -W "$statuses tag: /" -- "$cur"))
        return
        ;;
    *--rename | *--tag | *--mime | *--route | *--time)
        COMPREPLY=()
        [[ $command ]] && return
        ;;
    emitemit)
        COMPREPLY=($(compgen -W "$options $statuses" -- "$cur"))
        return
        ;;
    esac
    case $prev in
    --box) COMPREPLY=($(compgen -W 'auto test group' -- "$cur")) ;;
    --color) COMPREPLY=($(compgen -W 'auto always never' -- "$cur")) ;;
    --notify) COMPREPLY=($(compgen -W 'none bell terminal command' -- "$cur")) ;;
    -n | --boxes) COMPREPLY=($(compgen -W 'auto' -- "$cur")) ;;
    -c)
        COMPREPLY=($(compgen -W "$keys" -- "$cur"))
        compopt -o nospace
        ;;
    --order) COMPREPLY=($(compgen -W 'failed-first slowest-first fastest-first random given' -- "$cur")) ;;
    --maxfail | --retries | --repeat | --shard | --timeout | -k | -m | --include | --exclude | --environment) COMPREPLY=() ;;
    *)
        if [[ $cur == -* && $prev != --subunit ]]; then
            COMPREPLY=($(compgen -W "$options" -- "$cur"))
        else
            compopt -o default -o filenames
            COMPREPLY=()
            [[ $COMP_CWORD == 1 ]] && COMPREPLY=($(compgen -W "$commands" -- "$cur"))
            COMPREPLY+=($(compgen -f -- "$cur"))
        fi
        ;;
    esac
}

complete -F _aloof aloof
