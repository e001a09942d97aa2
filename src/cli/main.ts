/** `guerdon`: the command line. Each command's code is loaded when it runs, so that `--help` stays quick. */
import { readFileSync } from 'node:fs'
import { Command, CommanderError, Option } from 'commander'
import { GuerdonError } from '../records/error.ts'

const mapHelp = 'rename a column of the file: completion=response (repeatable)'
const storeHelp = 'the store: a path, sqlite:PATH or postgres://…'
/** where `guerdon serve` keeps what it scores unless told otherwise */
const defaultStore = '.guerdon/store.sqlite'
const storeOption = (): Option =>
  new Option('--store <url>', storeHelp).default(defaultStore).env('GUERDON_STORE')
const collect = (value: string, list: string[]): string[] => [...list, value]
const example = (text: string): string => `\nExample:\n${text.replace(/^/gm, '  ')}`

function withInput(command: Command): Command {
  return command
    .option('--map <new=old>', mapHelp, collect, [])
    .option('--format <layout>', 'layout of the rollouts when it cannot be told from the columns')
    .option('--skip-invalid', 'leave out rows that cannot be read, count them and say why')
    .option('--json', 'print the result as JSON')
}

function packageVersion(): string {
  return (
    JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
  ).version
}

async function program(argv: readonly string[]): Promise<Command> {
  const guerdon = new Command('guerdon')
    .description('Reward engineering for RL post-training: define, combine, explain and compare rewards.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'ARGUMENT_INVALID ')) })
    .addHelpText(
      'after',
      example(
        'guerdon init reward.yaml\nguerdon score reward.yaml rollouts.jsonl -o scored.jsonl\nguerdon explain reward.yaml rollouts.jsonl --row p017-3',
      ),
    )

  withInput(
    guerdon
      .command('score')
      .description('Score rollouts with a reward: rewards, advantages, and every column behind them.')
      .argument('<spec>', 'reward spec (.yaml, .json or .ts)')
      .argument('<rollouts>', 'rollouts (.jsonl, .jsonl.gz, .json, .csv or .parquet)'),
  )
    .option('-o, --output <file>', 'write the scored rows (.jsonl, .jsonl.gz, .csv or .parquet)')
    .option('--restart', 'do not continue an interrupted run')
    .option('--state <file>', 'read and write the state of stateful methods (JSON)')
    .option('--concurrency <n>', 'most signals at work at the same time', '4')
    .option('--quiet', 'no progress bar')
    .addHelpText(
      'after',
      example('guerdon score examples/specs/arithmetic.yaml examples/data/rollouts.jsonl -o scored.jsonl'),
    )
    .action(async (...args) => (await import('./commands/score.ts')).scoreCommand(args[0], args[1], args[2]))

  withInput(
    guerdon
      .command('explain')
      .description('Show every stage’s number and reason for one row and its group.')
      .argument('<spec>', 'reward spec')
      .argument('<rollouts>', 'rollouts')
      .requiredOption('--row <id>', 'id of the rollout'),
  )
    .addHelpText(
      'after',
      example('guerdon explain examples/specs/arithmetic.yaml examples/data/rollouts.jsonl --row p017-3'),
    )
    .action(async (...args) =>
      (await import('./commands/explain.ts')).explainCommand(args[0], args[1], args[2]),
    )

  withInput(
    guerdon
      .command('diff')
      .description(
        'Compare two rewards on the same rollouts: rank correlation, flips, winners, biggest movers.',
      )
      .argument('<specA>', 'reward spec')
      .argument('<specB>', 'the other reward spec')
      .argument('<rollouts>', 'rollouts'),
  )
    .option('--most <n>', 'length of the lists', '10')
    .addHelpText(
      'after',
      example(
        'guerdon diff examples/specs/arithmetic.yaml examples/specs/strict.yaml examples/data/rollouts.jsonl',
      ),
    )
    .action(async (...args) =>
      (await import('./commands/diff.ts')).diffCommand(args[0], args[1], args[2], args[3]),
    )

  const serve = guerdon
    .command('serve')
    .description(
      'Serve a reward over HTTP to OpenRLHF, slime, verl, TRL and NeMo, with the studio to watch it.',
    )
    .argument('<spec>', 'reward spec')
  // Its options come from a schema, which is loaded only for those who ask for it.
  const options = argv.includes('serve') ? (await import('../server/options.ts')).optionFlags() : []
  for (const { flags, description, repeatable } of options) {
    if (repeatable) serve.option(flags, description, collect, [])
    else serve.option(flags, description)
  }
  serve
    .addHelpText(
      'after',
      example(
        'guerdon serve examples/specs/boxed.yaml\nguerdon serve examples/specs/boxed.yaml --run first --group-size 8',
      ),
    )
    .action(async (...args) => (await import('./commands/serve.ts')).serveCommand(args[0], args[1]))

  guerdon
    .command('audit')
    .description('Look for reward hacking in a log of scored rollouts.')
    .requiredOption('--log <file>', 'scored rollouts (.jsonl, .jsonl.gz, .json, .csv or .parquet)')
    .option('--held-back <column>', 'column of labels that the reward does not see')
    .option('--reward <column>', 'the audited column', 'reward')
    .option('--fail-on <verdict>', 'exit with 1 from this verdict on: watch or fail', 'watch')
    .option('--html <file>', 'write the report as one HTML page')
    .option('-o, --output <file>', 'write the report as JSON')
    .option('--seed <n>', 'seed of the resampling', '1')
    .option('--map <new=old>', mapHelp, collect, [])
    .option('--skip-invalid', 'leave out rows that cannot be read, count them and say why')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', example('guerdon audit --log scored.jsonl --held-back quality --html audit.html'))
    .action(async (...args) => (await import('./commands/audit.ts')).auditCommand(args[0]))

  guerdon
    .command('curate')
    .description(
      'Clean preference data: strengths, copies, conflicts, suggested flips, biases of the labels.',
    )
    .argument('<data...>', 'preference pairs in any layout (.jsonl, .jsonl.gz, .json, .csv or .parquet)')
    .option('-o, --output <file>', 'write the cleaned rows (.jsonl, .jsonl.gz, .csv or .parquet)')
    .option('--html <file>', 'write the report as one HTML page')
    .option('--rows <file>', 'write a line for every row, with all that it is counted under')
    .option('--strength <column>', 'margins by models: a number or a list in this column')
    .option('--scores', 'take strengths from the scores of the two sides')
    .option('--reward <spec>', 'score both sides with a reward (repeatable: each is a voter)', collect, [])
    .option('--model <folder>', 'score both sides with a trained reward model (repeatable)', collect, [])
    .option('--flip <how>', 'suggest or apply', 'suggest')
    .option('--drop-duplicates <which>', 'near (and exact), exact or none', 'near')
    .option('--keep-dropped', 'write dropped rows, too, marked as such')
    .option('--checked <file>', 'verdicts of people on rows, {"id", "wrong"}: tests whether flipping is safe')
    .option('--against <file>', 'evaluation data whose prompts must not occur (repeatable)', collect, [])
    .option('--ngram <n>', 'words of a run that counts as occurring', '13')
    .option('--similarity <share>', 'least Jaccard similarity of near copies', '0.8')
    .option('--annotator <column>', 'who labelled a row (default: annotator, annotator_id or user)')
    .option('--engine <name>', 'auto, memory or duckdb; auto sorts large data in DuckDB', 'auto')
    .option('--memory <size>', 'memory of DuckDB', '1GB')
    .option('--threads <n>', 'threads of DuckDB', '2')
    .option('--temporary <folder>', 'folder for what DuckDB sorts on disk')
    .option('--seed <n>', 'seed of the voters', '1')
    .option('--map <new=old>', mapHelp, collect, [])
    .option('--format <layout>', 'layout of the pairs when it cannot be told from the columns')
    .option('--skip-invalid', 'leave out rows that cannot be read, count them and say why')
    .option('--quiet', 'no progress bar')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      example('guerdon curate examples/data/preferences.jsonl -o cleaned.jsonl --html curation.html'),
    )
    .action(async (...args) => (await import('./commands/curate.ts')).curateCommand(args[0], args[1]))

  const train = guerdon.command('train').description('Train from a config: a reward model from preferences.')
  train
    .command('reward-model')
    .description('Train a reward model from preferences and store it with its encoder and calibration.')
    .argument('<config>', 'training config (.yaml or .json)')
    .option('--data <file>', 'preferences instead of the config’s (repeatable)', collect, [])
    .option('--output <folder>', 'folder of the model instead of the config’s')
    .option('--restart', 'do not continue an interrupted run; replace a model that is there')
    .option('--seed <n>', 'seed instead of the config’s')
    .option('--quiet', 'no progress bar')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      example('guerdon train reward-model examples/train/preferences.yaml --output house-advice'),
    )
    .action(async (...args) =>
      (await import('./commands/train-reward-model.ts')).trainRewardModelCommand(args[0], args[1]),
    )

  const bench = guerdon.command('bench').description('Measure a reward on data whose right order is known.')
  withInput(
    bench
      .command('pairs')
      .description('Accuracy, calibration and length effect of a reward on preference pairs.')
      .argument(
        '<file>',
        'preference pairs in any known layout (.jsonl, .jsonl.gz, .json, .csv or .parquet)',
      ),
  )
    .option('--reward <spec>', 'score both completions with a reward')
    .option('--model <folder>', 'score both completions with a trained reward model')
    .option('--scores', 'take the scores that the file gives')
    .option('--by <field>', 'field that parts the pairs into subsets', 'category')
    .option('--worst <n>', 'how many of the worst mistakes are kept', '20')
    .option('--seed <n>', 'seed of the resampling', '1')
    .option('--html <file>', 'write the report as one HTML page')
    .option('-o, --output <file>', 'write the report as JSON')
    .addHelpText(
      'after',
      example(
        'guerdon bench pairs pairs.jsonl --reward reward.yaml --html pairs.html\nguerdon bench pairs scored.jsonl --scores --by source',
      ),
    )
    .action(async (...args) =>
      (await import('./commands/bench-pairs.ts')).benchPairsCommand(args[0], args[1]),
    )

  const methods = guerdon
    .command('methods')
    .description('List the methods, or those that a search finds.')
    .argument('[search...]', 'words: a name, a paper, a trainer’s term')
    .option('--kind <kind>', 'signal, shaping, combiner, advantage or preset')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', example('guerdon methods bnpo\nguerdon methods show beta'))
    .action(async (...args) => (await import('./commands/methods.ts')).methodsCommand(args[0], args[1]))
  methods
    .command('show')
    .description('Show a method: documentation, parameters, paper, range, example.')
    .argument('<name>', 'name of the method, or kind/name')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', example('guerdon methods show grpo'))
    .action(async (...args) =>
      (await import('./commands/methods.ts')).showMethodCommand(args[0], { ...methods.opts(), ...args[1] }),
    )

  guerdon
    .command('init')
    .description('Write a commented starter spec.')
    .argument('[file]', 'where to write it', 'reward.yaml')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', example('guerdon init reward.yaml'))
    .action(async (...args) => (await import('./commands/init.ts')).initCommand(args[0], args[1]))

  withInput(
    guerdon
      .command('validate')
      .description(
        'Check a spec or a data file; with --for, say what the trainer’s own normalisation would undo.',
      )
      .argument('<file>', 'a reward spec or a data file'),
  )
    .option('--for <trainer>', 'trl, verl, openrlhf, slime or nemo')
    .addHelpText(
      'after',
      example('guerdon validate examples/specs/arithmetic.yaml --for trl\nguerdon validate rollouts.jsonl'),
    )
    .action(async (...args) => (await import('./commands/validate.ts')).validateCommand(args[0], args[1]))

  guerdon
    .command('export')
    .description('Print what a store holds of a run: rollouts with their scores, in the order of scoring.')
    .option('--from <run>', 'id of the run, or latest')
    .option('-o, --output <file>', 'write the rows (.jsonl, .jsonl.gz, .csv or .parquet)')
    .addOption(storeOption())
    .option('--list', 'list the runs instead')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', example('guerdon export --list\nguerdon export --from latest -o rollouts.jsonl'))
    .action(async (...args) => (await import('./commands/export.ts')).exportCommand(args[0]))

  guerdon
    .command('augment')
    .description('Make preference pairs of those there are: reworded answers, or answers of similar prompts.')
    .argument('<data>', 'preference pairs (.jsonl, .jsonl.gz, .json, .csv or .parquet)')
    .requiredOption('-o, --output <file>', 'where the pairs go')
    .option('--convex', 'reword chosen answers: of five variants one that differs most (ConvexDA)')
    .option('--contrast', 'prefer an answer to that of a similar prompt')
    .option(
      '--encoder <name>',
      'hashed-n-grams, a folder with an ONNX encoder, or a repository',
      'hashed-n-grams',
    )
    .option('--low <cosine>', 'least similarity of two prompts', '0.75')
    .option('--high <cosine>', 'largest similarity of two prompts', '0.9')
    .option('--seed <n>', 'what is drawn follows from it', '0')
    .option('--json', 'print the counts as JSON')
    .addHelpText('after', example('guerdon augment pairs.jsonl --contrast -o contrast.jsonl'))
    .action(async (...args) => (await import('./commands/augment.ts')).augmentCommand(args[0], args[1]))

  guerdon
    .command('reproduce')
    .description('Run a paper’s experiment and say what holds; without a name, list what can be run.')
    .argument('[name]', 'paper: its number, its slug or the end of it')
    .option('--seeds <list>', 'other seeds than the stored evidence has: 100-104 or 1,2,3')
    .option('-o, --output <folder>', 'where evidence.json and evidence.svg go')
    .option('--json', 'print the evidence as JSON')
    .addHelpText(
      'after',
      example('guerdon reproduce\nguerdon reproduce 55\nguerdon reproduce 16 --seeds 100'),
    )
    .action(async (...args) => (await import('./commands/reproduce.ts')).reproduceCommand(args[0], args[1]))

  guerdon
    .command('prune')
    .description('Forget the oldest scored batches of a store.')
    .addOption(storeOption())
    .option('--maximum-rows <n>', 'most rows that may stay, over all runs')
    .option('--maximum-age <age>', 'how old batches may be: 12h, 30d, 8w')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', example('guerdon prune --maximum-rows 1000000 --maximum-age 30d'))
    .action(async (...args) => (await import('./commands/prune.ts')).pruneCommand(args[0]))

  for (const command of [...guerdon.commands, ...train.commands, ...bench.commands, ...methods.commands])
    command.exitOverride()
  return guerdon
}

/** Runs a command line and returns the exit code: 0 done, 1 failed or found something, 2 wrong arguments or input. */
export async function main(argv: readonly string[]): Promise<number> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // `guerdon … | head` closes the pipe; that is no failure.
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
  try {
    process.exitCode = 0
    await (await program(argv)).parseAsync(argv as string[], { from: 'user' })
    return Number(process.exitCode ?? 0)
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (error instanceof GuerdonError) {
      console.error(error.toString())
      return error.exitCode
    }
    const failure = systemFailure(error)
    if (failure === undefined) throw error
    console.error(failure.toString())
    return failure.exitCode
  }
}

/** What the operating system refused (a folder instead of a file, no permission, a full disk), as one sentence. */
function systemFailure(error: unknown): GuerdonError | undefined {
  if (!(error instanceof Error) || !('syscall' in error)) return undefined
  const { code = '', path, message } = error as NodeJS.ErrnoException
  const sentences: Readonly<Record<string, string>> = {
    EACCES: 'may not be read or written by this user',
    EPERM: 'may not be read or written by this user',
    EROFS: 'is on a disk that can only be read',
    EISDIR: 'is a folder, not a file',
    ENOTDIR: 'runs through a file as if it were a folder',
    ENOENT: 'does not exist, or its folder does not',
    ENOSPC: 'does not fit: the disk is full',
  }
  return new GuerdonError('FILE_MISSING', sentences[code] ?? message, { where: { file: path }, cause: error })
}
