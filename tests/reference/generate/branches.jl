# A system's branch, with the branches that leave it: followed, recorded, and told on the way.
function branch_record(name, br, exact; refine = true)
    b = br isa BK.Branch ? br.γ : br
    recs = Any[sp_record(b, i, exact; refine) for i in eachindex(b.specialpoint)]
    ps = b.param
    obj("name" => name, "points" => length(b), "param_first" => ps[1], "param_last" => ps[end], "special_points" => recs)
end

function options(s)
    tol = get(s, :tol, 1e-12)
    ContinuationPar(; p_min = s.span[1], p_max = s.span[2], ds = get(s, :ds, 0.01), dsmax = get(s, :dsmax, 0.02), dsmin = get(s, :dsmin, 1e-5),
        max_steps = get(s, :max_steps, 2000), detect_bifurcation = 3, n_inversion = 12, max_bisection_steps = 50,
        tol_bisection_eigenvalue = 1e-14, nev = length(s.u0), newton_options = BK.NewtonPar(; tol = tol, max_iterations = get(s, :maxit, 12)))
end

function run_system(s)
    t0 = time()
    o = options(s)
    prob = BifurcationProblem(VF(s.f), copy(s.u0), copy(s.par), (@optic _[1]); record_from_solution = (x, p; k...) -> x[1])
    exact = get(s, :exact, Any[])
    rec = obj("id" => s.id, "equations" => s.eqs, "dimension" => length(s.u0), "state_names" => get(s, :states, nothing), "continuation_parameter" => s.names[1],
        "parameters" => obj([n => v for (n, v) in zip(s.names, s.par)]...), "start_state" => s.u0, "start_param" => s.par[1], "span" => collect(s.span),
        "options" => obj("algorithm" => "PALC, Secant tangent", "ds" => o.ds, "dsmin" => o.dsmin, "dsmax" => o.dsmax, "max_steps" => o.max_steps, "newton_tol" => o.newton_options.tol, "newton_max_iterations" => o.newton_options.max_iterations,
            "detect_bifurcation" => 3, "n_inversion" => 12, "max_bisection_steps" => 50, "tol_bisection_eigenvalue" => 1e-14,
            "tol_stability" => o.tol_stability, "nev" => o.nev, "bothside" => get(s, :bothside, false)))
    haskey(s, :note) && push!(rec, "note" => s.note)
    isempty(exact) || push!(rec, "exact_points" => exact)
    branches = Any[]
    br = continuation(prob, PALC(), o; bothside = get(s, :bothside, false), verbosity = 0)
    sw = Any[]
    for (ind, kw) in get(s, :switch, Any[])            # branch switching before the points are patched
        try
            oo = ContinuationPar(o; kw...)
            br2 = continuation(br, ind, oo; bothside = true, verbosity = 0)
            push!(sw, ("from point $ind", br2))
        catch e
            push!(branches, obj("name" => "from point $ind", "error" => first(split(sprint(showerror, e), "\n"))))
        end
    end
    pushfirst!(branches, branch_record("primary", br, exact; refine = get(s, :refine, true)))
    for (nm, b) in sw; push!(branches, branch_record(nm, b, exact; refine = get(s, :refine, true))); end
    push!(rec, "branches" => branches)
    push!(SYSTEMS, rec)
    flush_json()
    println("== ", s.id, "  (", round(time() - t0, digits = 1), " s)")
    for b in branches
        d = Dict(b)
        haskey(d, "error") && (println("   ", d["name"], " ERROR ", d["error"]); continue)
        println("   ", d["name"], ": ", d["points"], " points, ", d["param_first"], " .. ", d["param_last"])
        for q in d["special_points"]
            q = Dict(q); 
            q["type"] == :endpoint && continue
            nf = Dict(q["normal_form"]); r = Dict(get(q, "refined", Pair{String,Any}[]))
            println("     ", q["type"], " p=", q["param"], " ", q["status"], " prec=", q["precision"], " lam=", q["critical_eigenvalue"], " ", get(nf, "class", "?"), " ", get(nf, "type", get(nf, "error", "")),
                haskey(nf, "omega") ? " om=$(nf["omega"]) a=$(nf["a"]) b=$(nf["b"])" : haskey(nf, "b11") && nf["b11"] isa Number ? " a01=$(nf["a01"]) a02=$(nf["a02"]) b11=$(nf["b11"]) b20=$(nf["b20"]) b30=$(nf["b30"])" : "",
                isempty(r) ? "" : haskey(r, "error") ? " REF-ERR $(r["error"])" : " ref p=$(r["param"]) nres=$(r["newton_residual"]) lam=$(r["critical_eigenvalue"]) res=$(r["residual"])")
            if haskey(r, "normal_form")
                m = Dict(r["normal_form"]); println("        refined: ", join(["$k=$(m[k])" for k in ("class","omega","a","b","a01","a02","b11","b20","b30","error") if haskey(m, k)], " "))
            end
            haskey(q, "exact") && println("        exact:   ", join(["$k=$v" for (k, v) in q["exact"]], " "))
        end
    end
    flush(stdout)
    return br
end
function try_system(s)
    try
        return run_system(s)
    catch e
        println("== ", s.id, " FAILED: ", sprint(showerror, e)); 
        for l in split(sprint(Base.show_backtrace, catch_backtrace()), "\n")[1:min(end,14)]; println("     ", l); end
        flush(stdout)
        return nothing
    end
end
ex(kind, param; kw...) = obj("kind" => kind, "param" => param, [String(k) => v for (k, v) in kw]...)
