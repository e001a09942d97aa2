import { describe } from 'vitest'
import { accepts, rejects } from './equivalent.contract.ts'

describe('equations and assignments', () => {
  accepts(String.raw`
x=5 ¦ x = 5
1,-2 ¦ x=1, x=-2
1,-2 ¦ x = 1 or x = -2
5x - 7y + 11z + 4 = 0 ¦ -5x+7y-11z-4=0
5x - 7y + 11z + 4 = 0 ¦ 5x-7y+11z=-4
y = 2x + 3 ¦ 2x+3
y = 2x + 3 ¦ y-3=2x
y = -2x ¦ 2x+y=0
\frac52 ¦ x = \frac{5}{2} = 2.5
\frac{x^2}{4}+\frac{y^2}{9}=1 ¦ 9x^2+4y^2=36
f(x)=2x ¦ f(x)=2x+0
(x,y)=(1,2) ¦ (1,2)
x=1,y=2 ¦ (1,2)
x=1,y=2 ¦ y=2,x=1
AB=5 ¦ 5
Area = 5 ¦ 5
a_n = 2n+1 ¦ 2n+1
y=\sqrt{x} ¦ \sqrt{x}
\pm 2 ¦ x=2 or x=-2
x=\pm 2 ¦ 2,-2
x = \pm 2 ¦ x=2, x=-2
y=3x-2 ¦ 3x-y=2
y=3x-2 ¦ 6x-2y=4
x^2+y^2=25 ¦ x^2+y^2-25=0
(x-1)^2+(y+2)^2=9 ¦ x^2+y^2-2x+4y-4=0
x=2y ¦ y=\frac{x}{2}
k=3 ¦ 3
f^{-1}(x)=\frac{x-1}{2} ¦ \frac{x-1}{2}
a=1, b=2 ¦ b = 2, a = 1
5 ¦ = 5
`)
  rejects(String.raw`
5x - 7y + 11z + 4 = 0 ¦ 5x-7y+11z=4
x+y=3 ¦ 3
5 ¦ x = 5 = 6
y=x^2 ¦ y=x^3
f(x)=2x ¦ g(x)=2x
x=1,y=2 ¦ (2,1)
\sum_{k=1}^n k ¦ \frac{n(n+1)}{2}
y=3x-2 ¦ y=3x+2
x = 3 ¦ y = 3
m\angle ABC = 30 ¦ 30
f(x) = x+1 ¦ y = x+1
a=1, b=2 ¦ a=2, b=1
`)
})

describe('lists, sets and tuples', () => {
  accepts(String.raw`
1,-2 ¦ -2, 1
1,-2 ¦ \{1,-2\}
1 \pm \sqrt{19} ¦ 1+\sqrt{19}, 1-\sqrt{19}
\{1\pm\sqrt{5},-2\} ¦ -2, 1+\sqrt5, 1-\sqrt5
10,\!080 ¦ 10080
11,\! 111,\! 111,\! 100 ¦ 11,111,111,100
(1,-16,-4,43) ¦ (1, -16, -4, 43)
\langle 1,2,3\rangle ¦ (1,2,3)
10\,000 ¦ 10000
(1,2),(3,4) ¦ (3,4),(1,2)
(1,2),(3,4) ¦ (1,2) and (3,4)
\lfloor 7.9 \rfloor ¦ 7
1,000 ¦ 1000
1,000,000 ¦ 10^6
\{1,2,3\} ¦ \{3,2,1\}
\{1,2,3\} ¦ \{1,2,3,3\}
\{1,2,3\} ¦ 1,2,3
\max(3,5) ¦ 5
\gcd(12, 18) ¦ 6
5 ¦ 5\,
\lfloor x \rfloor+1 ¦ 1+\lfloor x \rfloor
\max(x,y) ¦ \frac{x+y+|x-y|}{2}
`)
  rejects(String.raw`
(3,4] ¦ (3,4)
5 ¦ 5 or 6
5 ¦ 5, 6
123,456 ¦ 456,123
3,14 ¦ 3.14
(1,2),(3,4) ¦ (2,1),(3,4)
(a,b) ¦ (b,a)
\pm 2 ¦ 2
1,00 ¦ 100
12,34 ¦ 1234
1,2,3 ¦ 1,2,3,3
(1,2,3) ¦ 1,2,3
5 ¦ it is 5 or 6
\lfloor x \rfloor ¦ \lfloor x+0.0001 \rfloor
`)
})

describe('inequalities', () => {
  accepts(String.raw`
(3,4] ¦ 3 < x \le 4
\left( \frac{3}{2}, -13 \right) ¦ (1.5,-13)
\left( 3, \frac{\pi}{2} \right) ¦ (3, \pi/2)
2x+1>5 ¦ x>2
5<x ¦ x>5
x>5, x<7 ¦ (5,7)
x>5 \text{ and } x<7 ¦ 5<x<7
0<x<\frac{\pi}{2} ¦ (0,\pi/2)
-3<x<3 ¦ -3\lt x\lt 3
3>x>-3 ¦ -3<x<3
x\leq 2 ¦ x≤2
x \leqslant 2 ¦ x<=2
2x-3\ge 7 ¦ x\ge5
x+y<3 ¦ y<3-x
x+y<3 ¦ -x-y>-3
\left\lfloor \frac{7}{2} \right\rfloor ¦ 3
`)
  rejects(String.raw`
x<5 ¦ x \le 5
x<5 ¦ y<5
|x|>3 ¦ x>3 \text{ or } x<-3
x+y<3 ¦ x+y>3
`)
})

describe('matrices, intervals and sets of numbers', () => {
  accepts(String.raw`
x \in [-2,7] ¦ [-2,7]
x \in [-2,7] ¦ -2 \leq x \leq 7
\begin{pmatrix} -1/3 \\ 2/3 \\ 5/3 \end{pmatrix} ¦ \begin{bmatrix} -\frac13 \\ \frac23 \\ \frac53 \end{bmatrix}
\begin{pmatrix} -1/3 \\ 2/3 \\ 5/3 \end{pmatrix} ¦ \frac13\begin{pmatrix} -1 \\ 2 \\ 5 \end{pmatrix}
(0,9) \cup (9,36) ¦ (0,36) \setminus \{9\}
(0,9) \cup (9,36) ¦ (9,36)\cup(0,9)
(-\infty, 2) \cup (3, \infty) ¦ x<2 \text{ or } x>3
(-\infty, 2) \cup (3, \infty) ¦ x\in(-\infty,2)\cup(3,+\infty)
(-\infty, 2) \cup (3, \infty) ¦ (-∞,2)U(3,∞)
\left[ \frac{\pi^2}{8}, \frac{5 \pi^2}{4} \right] ¦ [\pi^2/8, 1.25\pi^2]
3 ¦ [3]
\sqrt[3]{2} ¦ 2^{1/3}
\sqrt[3]{-8} ¦ -2
\sqrt[3]{x} ¦ x^{\frac{1}{3}}
\mathbb{R} ¦ (-\infty,\infty)
\emptyset ¦ \varnothing
\emptyset ¦ \{\}
x \neq 2 ¦ (-\infty,2)\cup(2,\infty)
x \neq 2 ¦ \mathbb{R}\setminus\{2\}
[1,2) \cup (3,4] ¦ (3,4]\cup[1,2)
\{x \mid x > 2\} ¦ (2,\infty)
\{x \in \mathbb{R} : x > 2\} ¦ (2,\infty)
\begin{cases} x & x>0 \\ -x & x \le 0 \end{cases} ¦ \begin{cases} x & \text{if } x>0 \\ -x & \text{if } x\le 0 \end{cases}
-1 \le x \le 1 ¦ [-1,1]
\int_0^1 x dx ¦ \int_0^1 x\,dx
(-\infty, 0) \cup (0, \infty) ¦ x \ne 0
(-\infty, 0) \cup (0, \infty) ¦ \mathbb{R} \setminus \{0\}
[0, \infty) ¦ x \ge 0
[0, \infty) ¦ [0, +\infty)
[1,2]\cup[2,3] ¦ [1,3]
[1,5] \cap [3,8] ¦ [3,5]
\begin{bmatrix}1&2\\3&4\end{bmatrix} ¦ \left[\begin{array}{cc}1&2\\3&4\end{array}\right]
\begin{pmatrix}1&2\\3&4\end{pmatrix} ¦ \left(\begin{matrix}1&2\\3&4\\\end{matrix}\right)
x>3 \text{ or } x<-3 ¦ (-\infty,-3)\cup(3,\infty)
\sqrt[4]{16} ¦ 2
\sqrt[3]{27x^3} ¦ 3x
\sqrt[3]{2+\sqrt{5}} ¦ \frac{1+\sqrt5}{2}
5 ¦ \[5\]
\infty ¦ +\infty
\infty ¦ inf
x\in\mathbb{R} ¦ \mathbb{R}
x\in\mathbb{R} ¦ (-\infty,\infty)
n\pi, n\in\mathbb{Z} ¦ n\pi , n \in \mathbb{Z}
]0,1[ ¦ (0,1)
[0,1[ ¦ [0,1)
`)
  rejects(String.raw`
-\infty ¦ \infty
\mathbb{R} ¦ \text{all real numbers}
\emptyset ¦ \{0\}
\frac{1}{0} ¦ \infty
\int_0^1 x dx ¦ \frac12
(-\infty, 0) \cup (0, \infty) ¦ \mathbb{R}
(1,2)\cup(2,3) ¦ (1,3)
\{1,2,3\} ¦ [1,2,3]
(1,2,3) ¦ \begin{pmatrix}1\\2\\3\end{pmatrix}
\begin{pmatrix}1\\2\end{pmatrix} ¦ \begin{pmatrix}1&2\end{pmatrix}
\begin{pmatrix}1&2\\3&4\end{pmatrix} ¦ \begin{pmatrix}1&3\\2&4\end{pmatrix}
1 ¦ \infty
\infty ¦ \infty+1
\mathbb{Z} ¦ \mathbb{R}
n\pi, n\in\mathbb{Z} ¦ k\pi, k\in\mathbb{Z}
[2,3] ¦ (2,3)
`)
})
