import { useState } from 'react'
import { chosenTheme, setTheme, type Theme } from '../style/theme.ts'

const next: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' }

/** Light, dark, or what the system says. */
export function ThemeToggle() {
  const [theme, choose] = useState<Theme>(chosenTheme)
  return (
    <button
      type="button"
      className="button"
      aria-label={`Theme: ${theme}. Change to ${next[theme]}.`}
      onClick={() => {
        setTheme(next[theme])
        choose(next[theme])
      }}
    >
      {theme === 'system' ? '◐ System' : theme === 'light' ? '○ Light' : '● Dark'}
    </button>
  )
}
