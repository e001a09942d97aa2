/** Which theme is shown: the person's choice, else the system's. */
export type Theme = 'system' | 'light' | 'dark'

const storageKey = 'guerdon-studio-theme'
const systemDark = window.matchMedia('(prefers-color-scheme: dark)')

export function chosenTheme(): Theme {
  try {
    const stored = localStorage.getItem(storageKey)
    return stored === 'light' || stored === 'dark' ? stored : 'system'
  } catch {
    // Storage may be closed to the page; the system's theme is always there.
    return 'system'
  }
}

export function setTheme(theme: Theme): void {
  try {
    if (theme === 'system') localStorage.removeItem(storageKey)
    else localStorage.setItem(storageKey, theme)
  } catch {
    // The choice then lasts as long as the page.
  }
  apply(theme)
}

function apply(theme: Theme): void {
  const dark = theme === 'dark' || (theme === 'system' && systemDark.matches)
  document.documentElement.dataset.theme = dark ? 'dark' : 'light'
}

/** Applies the theme now and follows the system from then on. */
export function followTheme(): void {
  apply(chosenTheme())
  systemDark.addEventListener('change', () => apply(chosenTheme()))
}
