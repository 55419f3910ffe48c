# The extended Lorenz-84 system, with all points of codimension two.
let names = ["F", "T", "G", "alpha", "beta", "gamma", "delta"]
    f = (u, p) -> begin
        F, T, G, al, be, ga, de = p
        X, Y, Z, U = u
        [-Y^2 - Z^2 - al*X + al*F - ga*U^2, X*Y - be*X*Z - Y + G, be*X*Y + X*Z - Z, -de*U + ga*U*X + T]
    end
    s = (id = "lorenz84", eqs = ["X' = -Y^2 - Z^2 - alpha*X + alpha*F - gamma*U^2", "Y' = X*Y - beta*X*Z - Y + G", "Z' = beta*X*Y + X*Z - Z", "U' = -delta*U + gamma*U*X + T"],
        states = ["X", "Y", "Z", "U"], names = names, par = [3.0, 0.04, 0.25, 0.25, 1.0, 0.987, 1.04], u0 = [2.9787004394953343, -0.03868302503393752, 0.058232737694740085, -0.02105288273117459],
        span = (-1.5, 3.0), ds = -0.002, dsmax = 0.05, f = f)
    try_system(s)
    o = ContinuationPar(p_min = -1.5, p_max = 3.0, ds = 0.002, dsmax = 0.15, n_inversion = 6, nev = 4, newton_options = BK.NewtonPar(tol = 1e-10))
    prob = BifurcationProblem(VF(f), copy(s.u0), copy(s.par), (@optic _[1]); record_from_solution = (x, p; k...) -> (X = x[1], Y = x[2], Z = x[3], U = x[4]))
    try
        br = continuation(prob, PALC(), o; normC = norminf, bothside = true, verbosity = 0)
        println([(i, sp.type, sp.param) for (i, sp) in enumerate(br.specialpoint)])
        curves = Any[]
        recX = (x, p; k...) -> (X = x[1], Y = x[2], Z = x[3], U = x[4])
        sn = continuation(br, 5, (@optic _[2]), ContinuationPar(o, p_max = 3.2, p_min = -0.1, n_inversion = 8, max_bisection_steps = 50, dsmin = 1e-5, ds = -0.001, dsmax = 0.005); normC = norminf, verbosity = 0, record_from_solution = recX)
        push!(curves, codim2_record("Fold curve", sn, ("F", "T")))
        attach!("lorenz84", "codim2_curves", curves)
        hp = continuation(br, 3, (@optic _[2]), ContinuationPar(o, ds = -0.001, dsmax = 0.02, dsmin = 1e-4, n_inversion = 8, max_bisection_steps = 50); normC = norminf, verbosity = 0, bothside = true, record_from_solution = recX)
        push!(curves, codim2_record("Hopf curve", hp, ("F", "T")))
        flush_json()
        ibt = findfirst(q -> q.type == :bt, sn.specialpoint)
        if ibt !== nothing
            hb = continuation(sn, ibt, ContinuationPar(o, ds = -0.001, dsmax = 0.02, dsmin = 1e-4); normC = norminf, verbosity = 0, detect_codim2_bifurcation = 2, record_from_solution = recX)
            push!(curves, codim2_record("Hopf curve from the Bogdanov-Takens point", hb, ("F", "T")))
        end
        flush_json()
    catch e
        println("codim2 failed ", first(sprint(showerror, e), 800)); for l in split(sprint(Base.show_backtrace, catch_backtrace()), "\n")[1:12]; println("     ", l); end; flush(stdout)
    end
end
