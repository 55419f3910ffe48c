# Branches of periodic orbits from Hopf points.
# extrema of the collocation polynomials (degree m on each interval), not only of the mesh values
function extrema_poly(t, X, m)
    d, N = size(X)
    hi = vec(maximum(X, dims = 2)); lo = vec(minimum(X, dims = 2))
    for e in 1:m:N-m
        ts = t[e:e+m]
        for s in range(ts[1], ts[end], length = 201)
            w = [prod((s - ts[k])/(ts[j] - ts[k]) for k in 1:m+1 if k != j) for j in 1:m+1]
            v = X[:, e:e+m]*w
            hi = max.(hi, v); lo = min.(lo, v)
        end
    end
    return hi, lo
end
# largest, smallest value and period along a branch of periodic orbits, with the Floquet multipliers
function po_record(id, name, br, m; every = 4)
    rows = Any[]
    for k in vcat(collect(2:every:length(br)-1), length(br))
        sol = BK.get_periodic_orbit(br, k)
        X = Array(sol.u isa AbstractMatrix ? sol.u : reduce(hcat, sol.u))
        hi, lo = extrema_poly(collect(sol.t), X, m)
        ev = k <= length(br.eig) ? br.eig[k].eigenvals : ComplexF64[]
        push!(rows, obj("param" => br.param[k], "period" => br.branch[k].period, "max" => hi, "min" => lo,
            "floquet_multipliers" => ComplexF64.(exp.(ev))))
    end
    println("   PO ", name, " ", length(br), " points; ", [(s.type, s.param, s.status) for s in br.specialpoint]); 
    for r in rows[[1, end]]; println("      ", join(["$k=$v" for (k, v) in r], " ")); end
    flush(stdout)
    obj("name" => name, "points" => length(br), "rows" => rows, "special_points" => [obj("type" => s.type, "param" => s.param, "status" => s.status) for s in br.specialpoint])
end
attach!(id, k, v) = (for s in SYSTEMS; Dict(s)["id"] == id && push!(s, k => v); end; flush_json())
function po_from_hopf(s, ind; ntst = 40, m = 4, dsmax = 0.05, ds = 0.01, max_steps = 60, every = 4, pmin = s.span[1], pmax = s.span[2])
    o = options(s)
    prob = BifurcationProblem(VF(s.f), copy(s.u0), copy(s.par), (@optic _[1]); record_from_solution = (x, p; k...) -> x[1])
    br = continuation(prob, PALC(), o; verbosity = 0)
    op = ContinuationPar(o; ds = ds, dsmax = dsmax, dsmin = 1e-4, max_steps = max_steps, p_min = pmin, p_max = pmax, detect_bifurcation = 2, tol_stability = 1e-5, nev = length(s.u0),
        newton_options = BK.NewtonPar(o.newton_options; tol = 1e-10, max_iterations = 15))
    brp = continuation(br, ind, op, BK.Collocation(ntst, m; meshadapt = true); verbosity = 0, plot = false,
        record_from_solution = (x, p; k...) -> (period = BK.getperiod(p.prob, x, p.p), p0 = 0.0))
    rec = po_record(s.id, "periodic orbits from Hopf point $ind", brp, m; every = every)
    push!(rec, "method" => "orthogonal collocation, $ntst intervals of degree $m, mesh adaptation, newton tol 1e-10")
    attach!(s.id, "periodic_orbits", rec)
end
