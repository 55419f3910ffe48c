# Textbook systems with closed forms.
try_system((id = "pitchfork", eqs = ["x' = mu*x - x^3"], names = ["mu"], par = [-1.0], u0 = [0.0], span = (-1.0, 1.0),
    f = (u, p) -> [p[1]*u[1] - u[1]^3],
    switch = [(1, (;))],
    exact = [ex("pitchfork", 0.0; a01 = 0.0, a02 = 0.0, b11 = 1.0, b20 = 0.0, b30 = -6.0)]))

try_system((id = "transcritical", eqs = ["x' = mu*x - x^2"], names = ["mu"], par = [-1.0], u0 = [0.0], span = (-1.0, 1.0),
    f = (u, p) -> [p[1]*u[1] - u[1]^2],
    switch = [(1, (;))],
    exact = [ex("transcritical", 0.0; a01 = 0.0, a02 = 0.0, b11 = 1.0, b20 = -2.0, b30 = 0.0)]))

try_system((id = "fold", eqs = ["x' = mu - x^2"], names = ["mu"], par = [1.0], u0 = [1.0], span = (-1.0, 1.0), ds = -0.01,
    f = (u, p) -> [p[1] - u[1]^2],
    exact = [ex("fold", 0.0; a01 = 1.0, b20 = -2.0, b30 = 0.0)]))

try_system((id = "subcritical_pitchfork", eqs = ["x' = mu*x + x^3 - x^5"], names = ["mu"], par = [-1.0], u0 = [0.0], span = (-1.0, 1.0),
    f = (u, p) -> [p[1]*u[1] + u[1]^3 - u[1]^5],
    switch = [(1, (;))],
    note = "folds of the side branch at mu = -1/4, x = +-1/sqrt(2); a01 and b30 change sign with x if the kernel vector is kept at +1",
    exact = [ex("pitchfork", 0.0; a01 = 0.0, a02 = 0.0, b11 = 1.0, b20 = 0.0, b30 = 6.0),
             ex("fold", -0.25; abs_state = 1/sqrt(2), abs_a01 = 1/sqrt(2), abs_b20 = 4/sqrt(2), product_a01_b20 = -2.0)]))

try_system((id = "stuart_landau", eqs = ["x' = r*x - omega*y + c*x*(x^2+y^2) - d*y*(x^2+y^2)", "y' = omega*x + r*y + c*y*(x^2+y^2) + d*x*(x^2+y^2)"],
    states = ["x", "y"], names = ["r", "omega", "c", "d"], par = [-1.0, 2.0, -1.5, 0.7], u0 = [0.0, 0.0], span = (-1.0, 1.0),
    f = (u, p) -> (q = u[1]^2 + u[2]^2; [p[1]*u[1] - p[2]*u[2] + p[3]*u[1]*q - p[4]*u[2]*q, p[2]*u[1] + p[1]*u[2] + p[3]*u[2]*q + p[4]*u[1]*q]),
    note = "with z = x + iy: z' = (r + i omega) z + (c + i d) |z|^2 z; on the kernel basis of unit 2-norm |z|^2 = 2 |A|^2",
    exact = [ex("hopf", 0.0; omega = 2.0, a = 1.0 + 0.0im, b = 2*(-1.5 + 0.7im))]))

let A = 1.5
    try_system((id = "brusselator", eqs = ["x' = A - (B+1)*x + x^2*y", "y' = B*x - x^2*y"], states = ["x", "y"], names = ["B", "A"], par = [1.0, A], u0 = [A, 1/A], span = (1.0, 5.0),
        f = (u, p) -> [p[2] - (p[1]+1)*u[1] + u[1]^2*u[2], p[1]*u[1] - u[1]^2*u[2]],
        note = "exact Hopf at B = 1 + A^2, omega = A; with the kernel vector of unit 2-norm b = -(2+A^2)/(2(1+2A^2)) - i (4A^4-7A^2+4)/(6A(1+2A^2))",
        exact = [ex("hopf", 1 + A^2; omega = A, a = 0.5 + 0.0im, b = complex(-(2 + A^2)/(2*(1 + 2A^2)), -(4A^4 - 7A^2 + 4)/(6A*(1 + 2A^2))))]))
end

let S = x -> 1/(1 + exp(-x))
    try_system((id = "wilson_cowan", eqs = ["E' = -E + S(12*E - 10*I - 2 + P)", "I' = -I + S(10*E - 2*I - 3.5)", "S(x) = 1/(1+exp(-x))"], states = ["E", "I"],
        names = ["P"], par = [-2.0], u0 = [0.0158, 0.0321], span = (-2.0, 6.0),
        f = (u, p) -> [-u[1] + S(12*u[1] - 10*u[2] - 2 + p[1]), -u[2] + S(10*u[1] - 2*u[2] - 3.5)]))
end

let a = 0.7, b = 0.8, e = 0.08, v = sqrt(1 - e*b)
    Iof(v) = (v + a)/b - v + v^3/3
    w0 = 0.0
    try_system((id = "fitzhugh_nagumo", eqs = ["v' = v - v^3/3 - w + I", "w' = eps*(v + a - b*w)"], states = ["v", "w"], names = ["I", "a", "b", "eps"], par = [0.0, a, b, e],
        u0 = [-1.1994, -0.6243], span = (0.0, 2.0),
        f = (u, p) -> [u[1] - u[1]^3/3 - u[2] + p[1], p[4]*(u[1] + p[2] - p[3]*u[2])],
        exact = [ex("hopf", Iof(-v); omega = sqrt(e*(1 - b*e*b)), state = [-v, (a - v)/b]), ex("hopf", Iof(v); omega = sqrt(e*(1 - b*e*b)), state = [v, (a + v)/b])]))
end

let s = 10.0, b = 8/3
    rH = s*(s + b + 3)/(s - b - 1)
    try_system((id = "lorenz63", eqs = ["x' = sigma*(y - x)", "y' = rho*x - y - x*z", "z' = x*y - beta*z"], states = ["x", "y", "z"], names = ["rho", "sigma", "beta"], par = [0.0, s, b],
        u0 = [0.0, 0.0, 0.0], span = (0.0, 30.0),
        f = (u, p) -> [p[2]*(u[2] - u[1]), p[1]*u[1] - u[2] - u[1]*u[3], u[1]*u[2] - p[3]*u[3]],
        ds = 0.01, dsmax = 0.05, max_steps = 3000, switch = [(1, (;))],
        exact = [ex("pitchfork", 1.0; a01 = 0.0, a02 = 0.0, b11 = 10/11, b20 = 0.0, b30 = -45/44),
                 ex("hopf", rH; omega = sqrt(b*(s + rH)), abs_xy = sqrt(b*(rH - 1)), z = rH - 1)]))
end
