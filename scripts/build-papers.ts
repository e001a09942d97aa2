/** Puts the papers' reproductions into the published package: `papers/` as JavaScript under `dist/papers/`. */
import { copyFileSync, existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import ts from 'typescript'

const root = join(import.meta.dirname, '..')
for (const file of globSync('papers/**/*.ts', { cwd: root })) {
  if (file.endsWith('.test.ts')) continue
  const target = join(root, 'dist', file.replace(/\.ts$/, '.js'))
  mkdirSync(dirname(target), { recursive: true })
  const { outputText } = ts.transpileModule(readFileSync(join(root, file), 'utf8'), {
    compilerOptions: {
      target: ts.ScriptTarget.ES2024,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
      rewriteRelativeImportExtensions: true,
    },
  })
  // `src` becomes `dist` itself, in which the papers lie.
  writeFileSync(target, outputText.replaceAll(/(['"])\.\.\/\.\.\/src\//g, '$1../../'))
  for (const name of ['evidence.json', 'evidence.svg']) {
    const evidence = join(dirname(file), name)
    if (existsSync(join(root, evidence))) copyFileSync(join(root, evidence), join(dirname(target), name))
  }
}
