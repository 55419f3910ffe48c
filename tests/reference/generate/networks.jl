# Continuous-time recurrent networks, a gated one, and a long chain (Bratu's problem).
function sym_weights(n, g)
    W = [g(i, j) for i in 1:n, j in 1:n]
    W = (W + W')/2
    return W ./ eigmax(Symmetric(W))
end
function sym_exact(W, gmax)
    F = eigen(Symmetric(W)); out = Any[]
    for k in reverse(eachindex(F.values))
        l = F.values[k]
        (l > 0 && 1/l < gmax) || continue
        v = F.vectors[:, k]
        push!(out, ex("pitchfork", 1/l; a01 = 0.0, a02 = 0.0, b11 = l, b20 = 0.0, b30 = -2*sum(abs2, v.^2)))
    end
    return out
end
wd(i, j) = sin(1.3*i*j + 0.7*(i + j) + 0.05*(i*j)^2)
wc(i, j) = sin(1.3*i*j + 0.7*(i + j))
for (id, g, txt, nt, dsmax) in (("ctrnn32_symmetric", wd, "sin(1.3*i*j + 0.7*(i+j) + 0.05*(i*j)^2)", "all bifurcations of the trivial branch, well separated", 0.02),
                     ("ctrnn32_close_pair", wc, "sin(1.3*i*j + 0.7*(i+j))", "the first two bifurcations are only 0.00218 apart, less than one step", 0.02),
                     ("ctrnn32_close_pair_small_steps", wc, "sin(1.3*i*j + 0.7*(i+j))", "the same system as ctrnn32_close_pair with steps below the distance of the pair", 0.001))
    W = sym_weights(32, g)
    E = sym_exact(W, 2.0)
    try_system((id = id, eqs = ["z_i' = -z_i + g*sum_j W_ij*tanh(z_j)", "W0_ij = $txt for i, j = 1..32 (counted from 1)", "W = (W0 + W0')/2 divided by its largest eigenvalue"],
        names = ["g"], par = [0.0], u0 = zeros(32), span = (0.0, 2.0), ds = dsmax/2, dsmax = dsmax, max_steps = 4000, f = (u, p) -> -u .+ p[1] .* (W*tanh.(u)),
        note = nt * "; exact: for each positive eigenvalue l of W with unit eigenvector v, g = 1/l, b11 = l, b30 = -2*sum(v^4)", exact = E))
end
let n = 8
    W = [sin(3.0*i + 5.0*j^2 + i*j) for i in 1:n, j in 1:n] ./ sqrt(n)
    F = eigen(W); E = Any[]
    Lv = inv(F.vectors)'                                    # left vectors, biorthonormal to the right ones
    for k in eachindex(F.values)
        l = F.values[k]; real(l) > 0 || continue; g = 1/real(l); g < 5 || continue
        q = F.vectors[:, k]/norm(F.vectors[:, k]); pl = Lv[:, k]*norm(F.vectors[:, k])
        if imag(l) > 1e-8
            push!(E, ex("hopf", g; omega = g*imag(l), a = l, b = -g*l*sum(conj.(pl) .* q .* abs2.(q))))
        elseif abs(imag(l)) < 1e-8
            push!(E, ex("pitchfork", g; a01 = 0.0, a02 = 0.0, b11 = real(l), b20 = 0.0, b30 = real(-2*g*l*sum(conj.(pl) .* q.^3))))
        end
    end
    try_system((id = "ctrnn8_nonsymmetric", eqs = ["z_i' = -z_i + g*sum_j W_ij*tanh(z_j)", "W_ij = sin(3*i + 5*j^2 + i*j)/sqrt(8) for i, j = 1..8 (counted from 1)"],
        names = ["g"], par = [0.0], u0 = zeros(n), span = (0.0, 5.0), f = (u, p) -> -u .+ p[1] .* (W*tanh.(u)), exact = E,
        note = "exact values in the standard convention: for an eigenvalue l of W with right vector q (unit 2-norm) and left vector p (p^H W = l p^H, p^H q = 1): g = 1/Re l, omega = g*Im l, a = l, b = -g*l*sum(conj(p)*q*|q|^2)"))
end
let n = 8
    W = [cos(2.0*i^2 + 3.0*j + 0.5*i*j) for i in 1:n, j in 1:n] ./ sqrt(n)
    b = [cos(1.0*i) for i in 1:n]
    f = (u, p) -> -u .+ p[2] .* (W*tanh.(u)) .+ p[1] .* b
    # an equilibrium at s = -3: relax the flow with a fixed number of explicit steps, then Newton inside the continuation
    u = zeros(n); for _ in 1:4000; u .+= 0.02 .* f(u, [-3.0, 2.0]); end
    try_system((id = "ctrnn8_bias", eqs = ["z_i' = -z_i + g*sum_j W_ij*tanh(z_j) + s*b_i", "W_ij = cos(2*i^2 + 3*j + 0.5*i*j)/sqrt(8), b_i = cos(i), i, j = 1..8 (counted from 1)"],
        names = ["s", "g"], par = [-3.0, 2.0], u0 = u, span = (-3.0, 3.0), f = f, note = "the scale s of the bias is the parameter"))
    f2 = (u, p) -> -u .+ p[1] .* (W*tanh.(u)) .+ p[2] .* b
    u = zeros(n); for _ in 1:4000; u .+= 0.02 .* f2(u, [0.2, 0.1]); end
    try_system((id = "ctrnn8_bias_gain", eqs = ["z_i' = -z_i + g*sum_j W_ij*tanh(z_j) + s*b_i", "W_ij = cos(2*i^2 + 3*j + 0.5*i*j)/sqrt(8), b_i = cos(i), i, j = 1..8 (counted from 1)"],
        names = ["g", "s"], par = [0.2, 0.1], u0 = u, span = (0.0, 3.0), f = f2, note = "the gain is the parameter, fixed small bias: the branch that starts at small gain"))
    u1 = copy(u); u = -3 .* u1; for _ in 1:4000; u .+= 0.02 .* f2(u, [2.0, 0.1]); end
    for sgn in (-1.0,)
        v = real(eigen(W).vectors[:, argmax(real.(eigen(W).values))]); v ./= v[argmax(abs.(v))]
        u = 3 .* sgn .* v; for _ in 1:8000; u .+= 0.02 .* f2(u, [2.0, 0.1]); end
        norm(f2(u, [2.0, 0.1])) < 1e-6 || continue
        try_system((id = sgn > 0 ? "ctrnn8_bias_gain_upper" : "ctrnn8_bias_gain_lower", eqs = ["z_i' = -z_i + g*sum_j W_ij*tanh(z_j) + s*b_i", "W_ij = cos(2*i^2 + 3*j + 0.5*i*j)/sqrt(8), b_i = cos(i), i, j = 1..8 (counted from 1)"],
            names = ["g", "s"], par = [2.0, 0.1], u0 = u, span = (0.0, 3.0), f = f2, ds = -0.01, note = "the gain is the parameter, fixed small bias: the branch through a strongly active state at g = 2, followed first towards smaller gain"))
    end
end
let n = 4, S = x -> 1/(1 + exp(-x))
    U = [1.5*sin(1.0*i + 2.0*j) + (i == j ? 1.5 : 0.0) for i in 1:n, j in 1:n]
    Wz = [0.8*cos(i*j + 1.0) for i in 1:n, j in 1:n]
    Wr = [0.8*sin(2.0*i - 1.0*j) for i in 1:n, j in 1:n]
    bz = [0.3*i - 0.8 for i in 1:n]; brr = [0.5 - 0.2*i for i in 1:n]; c = [0.2*cos(2.0*i) for i in 1:n]
    f = (h, p) -> (z = S.(Wz*h .+ bz); r = S.(Wr*h .+ brr); (1 .- z) .* (-h .+ tanh.(p[1] .* (U*(r .* h)) .+ p[2] .* c)))
    eqs = ["h' = (1 - z) .* (-h + tanh(g*U*(r .* h) + s*c))", "z = S(Wz*h + bz), r = S(Wr*h + br), S(x) = 1/(1+exp(-x)), .* is elementwise",
           "i, j = 1..4 (counted from 1): U_ij = 1.5*sin(i + 2*j) + 1.5*delta_ij, Wz_ij = 0.8*cos(i*j + 1), Wr_ij = 0.8*sin(2*i - j)", "bz_i = 0.3*i - 0.8, br_i = 0.5 - 0.2*i, c_i = 0.2*cos(2*i)"]
    try_system((id = "gru4_origin", eqs = eqs, names = ["g", "s"], par = [0.0, 0.0], u0 = zeros(n), span = (0.0, 6.0), f = f, switch = [(1, (;))], note = "no input (s = 0): the origin is an equilibrium at every gain"))
    u = zeros(n); for _ in 1:8000; u .+= 0.05 .* f(u, [0.2, 1.0]); end
    try_system((id = "gru4_input", eqs = eqs, names = ["g", "s"], par = [0.2, 1.0], u0 = u, span = (0.0, 6.0), f = f, note = "with input s = 1"))
    u = zeros(n); for _ in 1:8000; u .+= 0.05 .* f(u, [-4.0, 3.0][[2, 1]]); end
    try_system((id = "gru4_input_scale", eqs = eqs, names = ["s", "g"], par = [-4.0, 3.0], u0 = u, span = (-4.0, 4.0), f = (h, p) -> f(h, (p[2], p[1])), note = "the input scale s is the parameter, gain g = 3"))
end
let n = 50
    f = (u, p) -> begin
        h2 = (n + 1)^2
        [((i == 1 ? 0 : u[i-1]) - 2*u[i] + (i == n ? 0 : u[i+1]))*h2 + p[1]*exp(u[i]) for i in 1:n]
    end
    try_system((id = "bratu50", eqs = ["u_i' = (n+1)^2*(u_(i-1) - 2*u_i + u_(i+1)) + lambda*exp(u_i), i = 1..n, u_0 = u_(n+1) = 0, n = 50"], names = ["lambda"], par = [0.5], u0 = zeros(n), span = (0.5, 4.0),
        f = f, tol = 1e-9, ds = 0.02, dsmax = 0.1, max_steps = 300))
end
