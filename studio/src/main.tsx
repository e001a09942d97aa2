import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import './style/theme.css'
import './style/base.css'
import './style/frame.css'
import './style/charts.css'
import './style/pages.css'
import { followTheme } from './style/theme.ts'

followTheme()
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
