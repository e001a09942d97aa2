// The floors of the house: a room imports only floors below it (docs/architecture.md).
const floors = [
  ['records', 'kinds', 'numerics'],
  ['signals', 'shaping', 'combining', 'advantages'],
  ['engine', 'inference'],
  ['objectives'],
  ['reward-models'],
  ['reward'],
  ['policies', 'environments', 'preferences', 'benchmarks', 'audit'],
  ['store', 'jobs'],
  ['server', 'cli'],
]
const tests = '\\.(test|contract)\\.ts$'
const rooms = (list) => `^src/(${list.join('|')})/`

const upward = floors.slice(0, -1).map((floor, index) => ({
  name: `floor-${index}-imports-no-floor-above`,
  severity: 'error',
  from: { path: rooms(floor), pathNot: tests },
  to: { path: rooms(floors.slice(index + 1).flat()) },
}))

const sideways = floors[1].map((room) => ({
  name: `${room}-imports-no-sibling`,
  comment: 'signals, shaping, combining and advantages are composed by reward/, never by one another',
  severity: 'error',
  from: { path: `^src/${room}/`, pathNot: tests },
  to: { path: rooms(floors[1].filter((other) => other !== room)) },
}))

export default {
  forbidden: [
    ...upward,
    ...sideways,
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'product-imports-no-test-code',
      severity: 'error',
      from: { path: '^src/', pathNot: tests },
      to: { path: `^(test|speed|scripts|examples)/|${tests}` },
    },
    {
      name: 'product-imports-no-development-dependency',
      severity: 'error',
      from: { path: '^src/', pathNot: tests },
      to: {
        dependencyTypes: ['npm-dev'],
        pathNot: 'node_modules/(pyodide|@types|@opentelemetry|onnxruntime-node|onnxruntime-common|@duckdb)/',
      },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
}
